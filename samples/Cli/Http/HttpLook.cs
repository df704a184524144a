using System.Net;
using Ppv.Samples.Cli.Output;

namespace Ppv.Samples.Cli.Http;

/// <summary>Asks a gateway or a worker for something by GET; nothing is changed by it.</summary>
/// <param name="timeout">How long an answer may take.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpLook(TimeSpan timeout, TimeProvider time)
{
    /// <summary>The header in which a gateway's client shows its key.</summary>
    public const string KeyHeader = "X-Api-Key";

    private const int MaxAnswerLength = 1024 * 1024;
    private const int ShownLength = 300;

    // Straight to the address, as the voice platform goes: no proxy, no redirects.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerLength,
    };

    /// <summary>Where a program says whether it is ready, whatever path of it is known.</summary>
    public static Uri Ready(Uri address) => new(address, "/health/ready");

    /// <summary>Asks.</summary>
    /// <param name="address">What is asked for.</param>
    /// <param name="header">A header that says who asks, where somebody wants to know.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpLookException">There is no answer.</exception>
    public async Task<HttpLookAnswer> GetAsync(
        Uri address, (string Name, string Value)? header, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (header is { } who) request.Headers.TryAddWithoutValidation(who.Name, who.Value);
        var started = time.GetTimestamp();
        try
        {
            using var response = await Client.SendAsync(request, either.Token);
            var at = time.GetUtcNow();
            var body = await response.Content.ReadAsStringAsync(either.Token);
            return new HttpLookAnswer(response.StatusCode, body, time.GetElapsedTime(started), response.Headers.Date, at);
        }
        catch (HttpRequestException e)
        {
            throw new HttpLookException($"{address} can't be reached: {Printable.Text(e.Message.TrimEnd('.'))}.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpLookException(FormattableString.Invariant($"{address} did not answer within {timeout.TotalSeconds} s."), e);
        }
    }

    /// <summary>A body as one line that can be shown.</summary>
    public static string OneLine(string body)
    {
        var text = string.Join("; ", body.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return Printable.Text(text.Length > ShownLength ? text[..ShownLength] + "..." : text);
    }
}

/// <summary>What came back.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Date">The other side's clock, by its header <c>Date</c>, to the second.</param>
/// <param name="At">Our clock when the head of the answer was here.</param>
internal sealed record HttpLookAnswer(HttpStatusCode Status, string Body, TimeSpan Elapsed, DateTimeOffset? Date, DateTimeOffset At);

/// <summary>Nothing came back; the message is a sentence.</summary>
internal sealed class HttpLookException(string message, Exception innerException) : Exception(message, innerException);
