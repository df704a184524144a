using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Validation;

namespace Ppv.Hosting;

/// <summary>What the gateway says over HTTP. Section <c>Ppv:Gateway</c>.</summary>
public sealed class OrderEndpointOptions
{
    /// <summary>
    /// Where orders are placed, with GET or POST: starts with <c>/</c>; letters, digits and <c>- . _ ~ /</c>; not below <c>/health</c>.
    /// Default <c>/api/v1/ppv</c> (contract §1).
    /// </summary>
    public string Path { get; set; } = "/api/v1/ppv";

    /// <summary>
    /// The <c>callresult</c> when neither Wizard nor a worker said anything in time: 1 to 64 printable ASCII characters without quotes.
    /// Default <c>ER995</c>. Legacy key <c>return_err_code_on_timeout</c>.
    /// </summary>
    [Code]
    public string NoAnswerCode { get; set; } = ResultCodes.NoAnswer;

    /// <summary>
    /// The <c>callresult</c> when a request can't be understood: 1 to 64 printable ASCII characters without quotes. Default <c>ER996</c>.
    /// Legacy key <c>return_err_code_on_invalid_req</c>.
    /// </summary>
    [Code]
    public string InvalidRequestCode { get; set; } = ResultCodes.InvalidRequest;

    /// <summary>The longest body of a request, in bytes: 256 to 65,536. Default 16,384. A longer one is answered with 413.</summary>
    [InRange(256, OrderJson.MaxLength)]
    public int MaxBodyBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// Whether orders without <c>connid</c> are passed on. Default <see langword="false"/>: they are refused, because all of them would
    /// share one of Wizard's lines. A worker takes them only with <see cref="WorkerOptions.NoConnIdLine"/> (contract §4).
    /// </summary>
    public bool AllowMissingConnectionId { get; set; }

    /// <summary>
    /// Whether a caller may name its order with the header <c>X-Ppv-Order-Id</c> or <c>Idempotency-Key</c>: 1 to 64 printable ASCII
    /// characters without spaces. Default <see langword="true"/>: a request that is sent again with its id, by the caller or by a proxy, is
    /// told the first one's answer. Otherwise both headers are ignored, and every request is an order of its own.
    /// </summary>
    public bool AcceptOrderIds { get; set; } = true;

    /// <summary>
    /// Whether the gateway asks what became of an order on a queue of the kind <see cref="Ppv.Rpc.QueueKind.LegacyTransient"/>, too.
    /// Default <see langword="false"/>: old workers may be there, which take the question for an order that they can't read, and stop. Set
    /// it when the last old worker is gone. Queues of other kinds are always asked.
    /// </summary>
    public bool AskOnLegacyQueue { get; set; }

    /// <summary>
    /// How long an id in <c>X-Ppv-Order-Id</c> may be in use, where it does not say when it was made: 1 s to 1 day. Default 5 min: a proxy
    /// makes it, and sends a request again within minutes. After a worker has died, the next one does not know for so long whether a
    /// confirm under such an id was executed before, and answers *unknown*. An id with a date (a UUIDv7, a ULID or a Unix time in
    /// milliseconds at
    /// its beginning) needs no such time. An <c>Idempotency-Key</c> without a date has <see cref="Ppv.Rpc.RpcOptions.UndatedIdLife"/>.
    /// </summary>
    [InRange("00:00:01", "1.00:00:00")]
    public TimeSpan UndatedOrderIdLife { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The proxies in front of the gateway, as addresses (<c>10.0.0.7</c>) or networks (<c>10.0.0.0/24</c>). Default empty. Of a request
    /// that comes from one of them, or over a Unix socket, <c>X-Forwarded-For</c> says whose it is, for the log and for
    /// <see cref="GatewayLimitsOptions.RequestsPerClient"/>; from anybody else, or when this is empty, the header is ignored. A proxy must
    /// set it anew or add to it, not pass on what a caller wrote: the last address in it that is none of these proxies counts.
    /// </summary>
    public List<string> KnownProxies { get; set; } = [];

    /// <summary>
    /// The origins whose pages may place orders and ask for them from a browser, such as <c>https://sales.example</c>. Default empty: what
    /// a browser sends (<c>Origin</c>, <c>Sec-Fetch-Site</c> and the like) is refused with 403, as any page that is open on a machine could
    /// order. A page of another origin also needs ASP.NET Core's CORS in a host of your own. In Development the gateway's own page may,
    /// under a name of loopback.
    /// </summary>
    public List<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// How long a gateway that is stopped goes on taking orders while <c>/health/ready</c> says 503: 0 to 5 min. Default 0: a proxy that
    /// sends an order elsewhere when it is refused a connection, as nginx does, needs no time. One that only looks at
    /// <c>/health/ready</c> needs as long as it takes to notice.
    /// </summary>
    [InRange("00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>How much is taken at once, and from one client: <c>Ppv:Gateway:Limits</c>.</summary>
    [ValidateObjectMembers]
    public GatewayLimitsOptions Limits { get; set; } = new();
}
