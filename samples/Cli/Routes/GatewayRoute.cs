using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ppv.Protocol;
using Ppv.Samples.Cli.Http;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Routes;

/// <summary>Through a gateway over HTTP, as the voice platform goes (contract §1): no proxy, no redirects.</summary>
internal sealed class GatewayRoute : IRoute
{
    private const int MaxAnswerLength = 64 * 1024;
    private static readonly HttpRequestOptionsKey<HttpExchange> ExchangeKey = new("exchange");

    private readonly Uri _url;
    private readonly GatewayForm _form;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly RouteClock _clock;
    private readonly RouteDialer _dialer;
    private readonly HttpClient _http;
    private Socket? _open;

    public GatewayRoute(Uri url, GatewayForm form, TimeSpan timeout, TimeProvider time)
    {
        (_url, _form, _timeout, _time, _clock) = (url, form, timeout, time, new RouteClock(time));
        _dialer = new RouteDialer(time, _clock);
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
            PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(new ExchangeStream(context.PlaintextStream)),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerLength,
        };
    }

    public string Description => $"the gateway at {_url}";

    public async Task<RouteLines> LinesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return RouteLines.Of((await GatewayLines.AskAsync(_url, key: null, new HttpLook(_timeout, _time), cancellationToken)).Lines);
        }
        catch (HttpLookException problem) when (problem.InnerException is HttpRequestException { InnerException: SocketException why })
        {
            throw new CliException(Unreachable(why.Message), ExitCodes.Unreachable, problem);
        }
        catch (HttpLookException problem)
        {
            return RouteLines.NotKnown(problem.Message);
        }
    }

    public string? Warning => null;

    public async Task<IReadOnlyList<Hop>> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            (_open, var hops) = await _dialer.DialAsync(_url.IdnHost, _url.Port, either.Token);
            return hops;
        }
        catch (SocketException problem)
        {
            throw new CliException(Unreachable(problem.Message), ExitCodes.Unreachable, problem);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(
                Unreachable($"no connection within {_timeout.TotalSeconds} s"), ExitCodes.Unreachable, problem);
        }
    }

    public string Show(PpvOrder order) => $"{_form.Method} {_url} {Encoding.UTF8.GetString(Body(order))}";

    public async Task<RouteAnswer> SendAsync(PpvOrder order, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var message = new HttpRequestMessage(_form.Method, _url) { Content = new ByteArrayContent(Body(order)) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var exchange = new HttpExchange(_clock);
        message.Options.Set(ExchangeKey, exchange);
        ExchangeStream.Begin(exchange);
        try
        {
            using var response = await _http.SendAsync(message, either.Token);
            var text = await response.Content.ReadAsStringAsync(either.Token);
            var isAnswer = response.StatusCode == System.Net.HttpStatusCode.OK;
            var code = CodeIn(text);
            return Ended(exchange, exchange.Answered) with
            {
                Status = (int)response.StatusCode,
                Text = text,
                Code = code,
                IsOk = isAnswer && code == ResultCodes.Ok,
                Outcome = Header(response, "X-Ppv-Outcome"),
                Reason = Header(response, "X-Ppv-Reason"),
                OrderId = Header(response, "X-Ppv-Order-Id"),
            };
        }
        catch (HttpRequestException problem)
        {
            return Ended(exchange, exchange.Now) with
            {
                Failure = exchange.Sent is null
                    ? Unreachable(problem.Message)
                    : $"The gateway at {_url} broke off ({problem.Message}). The order may have been executed; look into the "
                        + "gateway's log.",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended(exchange, exchange.Now) with
            {
                Failure = $"The gateway at {_url} did not answer within {_timeout.TotalSeconds} s. "
                    + (exchange.Sent is null
                        ? "Nothing was sent." : "The order may have been executed; look into the gateway's log."),
            };
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _open?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = Interlocked.Exchange(ref _open, null);
        if (socket is null)
        {
            (socket, var hops) = await _dialer.DialAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
            if (context.InitialRequestMessage.Options.TryGetValue(ExchangeKey, out var exchange)) exchange.Connected(hops);
        }

        return new NetworkStream(socket, ownsSocket: true);
    }

    private static RouteAnswer Ended(HttpExchange exchange, DateTimeOffset end) =>
        new() { SendTime = exchange.Sent, ResponseTime = end, Hops = exchange.Hops(end) };

    private byte[] Body(PpvOrder order) => OrderJson.ToRequestBytes(order, _form.Style);

    private string Unreachable(string why) =>
        $"The gateway at {_url} could not be reached ({why}). Check the address and whether the gateway is running.";

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static string? CodeIn(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("callresult", out var result)
                && result.ValueKind == JsonValueKind.String ? result.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The form in which a gateway is asked.</summary>
/// <param name="Method">GET with a body, as the voice platform does, or POST.</param>
/// <param name="Style">The content as a Python dictionary in a string, or as JSON.</param>
internal sealed record GatewayForm(HttpMethod Method, OrderJsonStyle Style);
