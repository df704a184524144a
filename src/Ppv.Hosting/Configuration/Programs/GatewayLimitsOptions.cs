using Ppv.Protocol.Validation;

namespace Ppv.Hosting;

/// <summary>
/// How much the gateway takes at once, and from one client. Section <c>Ppv:Gateway:Limits</c>. What is beyond it is turned away before it
/// is read: not executed, with the code of a request that can't be understood, and <c>Retry-After</c>.
/// </summary>
public sealed class GatewayLimitsOptions
{
    /// <summary>
    /// How many requests the order endpoints work on at once, 1..100,000; more are answered with 503. Default <see langword="null"/>: any
    /// number, and <see cref="Ppv.Rpc.RpcOptions.MaxPendingRequests"/> of them wait for a worker. Make it larger than that: places are
    /// given to who comes first, so that new calls may keep others from their confirm.
    /// </summary>
    [InRange(1, 100_000)]
    public int? MaxConcurrentRequests { get; set; }

    /// <summary>
    /// How many requests one client may make in any <see cref="Window"/>, 1..1,000,000; more are answered with 429. A client is who has
    /// shown a key, or whom the host has authenticated by name, and else an address (IPv6: a network of 64 bits), behind one of
    /// <see cref="OrderEndpointOptions.KnownProxies"/> the one that it names. Where orders need a key, a request without a good one is 401
    /// and counts for nobody. Default <see langword="null"/>: any number.
    /// </summary>
    [InRange(1, 1_000_000)]
    public int? RequestsPerClient { get; set; }

    /// <summary>The time to which <see cref="RequestsPerClient"/> refers, 1 s to 1 h. Default 1 s.</summary>
    [InRange("00:00:01", "01:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(1);
}
