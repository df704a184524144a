using System.Net.Http.Headers;
using System.Text.Json;
using Ppv.Protocol;

namespace Ppv.Samples.Cli.Call;

/// <summary>Sends orders to a gateway over HTTP (contract §1).</summary>
internal sealed class GatewayCaller(Uri url, HttpMethod method, OrderJsonStyle style, TimeSpan timeout, TimeProvider time)
{
    private const int MaxAnswerLength = 64 * 1024;

    // Straight to the gateway, as the voice platform goes: no proxy, no redirects.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerLength,
    };

    public GatewayRequest Prepare(PpvOrder order) => new(method, url, OrderJson.ToRequestBytes(order, style), time.GetLocalNow());

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="GatewayUnreachableException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<GatewayAnswer> SendAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var message = new HttpRequestMessage(request.Method, request.Url) { Content = new ByteArrayContent(request.Body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var started = time.GetTimestamp();
        try
        {
            using var response = await Client.SendAsync(message, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            return new GatewayAnswer(
                (int)response.StatusCode,
                body,
                response.StatusCode == System.Net.HttpStatusCode.OK && SaysOk(body),
                time.GetLocalNow(),
                time.GetElapsedTime(started),
                Header(response, "X-Ppv-Outcome"),
                Header(response, "X-Ppv-Reason"),
                Header(response, "X-Ppv-Order-Id"));
        }
        catch (HttpRequestException problem)
        {
            throw new GatewayUnreachableException($"The gateway at {request.Url} could not be reached ({problem.Message}). Check the "
                + "address and whether the gateway is running.", problem);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GatewayUnreachableException($"The gateway at {request.Url} did not answer within {timeout.TotalSeconds} s. The "
                + "order may have been executed; look into the gateway's log.", problem);
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static bool SaysOk(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("callresult", out var result)
                && result.ValueKind == JsonValueKind.String
                && result.ValueEquals(ResultCodes.Ok);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
