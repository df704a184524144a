using System.Net;
using System.Text.Json;
using Ppv.Rpc.Presence;
using Ppv.Samples.Cli.Http;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Samples.Cli.Trace;

/// <summary>A gateway that is asked what became of an order. It asks the worker over the queue.</summary>
/// <param name="url">Its address for orders.</param>
/// <param name="key">The key of a client, where it wants one.</param>
/// <param name="http">Asks.</param>
internal sealed class GatewaySource(Uri url, string? key, HttpLook http)
{
    /// <summary>
    /// Why it must not be asked, or can't be; <see langword="null"/> when every worker behind it is known to be a new one.
    /// </summary>
    /// <exception cref="HttpLookException">It does not answer.</exception>
    public async Task<(string Sentence, bool IsFailure)?> WhyNotAsync(CancellationToken cancellationToken)
    {
        var (lines, answer) = await GatewayLines.AskAsync(url, key, http, cancellationToken);
        if (Refusal(answer) is { } refusal) return (refusal, true);
        // A worker with leased lines works alone: no old one is beside it.
        if (lines.Allocation == PresenceLines.Leased) return null;
        return ("The gateway was not asked: an old worker on the queue would take the question for an order, and stop. "
            + $"{lines.Reason ?? "Its workers use the old formula, as those beside old ones do."} When every worker is a new one, give "
            + "--ask-gateway.", false);
    }

    /// <summary>Asks.</summary>
    /// <returns>
    /// What became of the order, whether it was ever seen, and why there is no answer; the latter is reason enough to ask no more.
    /// </returns>
    /// <exception cref="HttpLookException">It does not answer.</exception>
    public async Task<(string? Text, bool IsKnown, string? Problem)> AskAsync(string order, CancellationToken cancellationToken)
    {
        var address = new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/orders/{Uri.EscapeDataString(order)}");
        var answer = await http.GetAsync(address, key is null ? null : (HttpLook.KeyHeader, key), cancellationToken);
        if (Refusal(answer) is { } refusal) return (null, false, refusal);
        return StatusIn(answer) is { } text
            ? (text, answer.Status != HttpStatusCode.NotFound, null)
            : (null, false, $"The gateway could not say what became of order {order}: {ReasonIn(answer) ?? HttpLook.OneLine(answer.Body)}");
    }

    private static string? Refusal(HttpLookAnswer answer) => answer.Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            "The gateway was not asked: it wants the key of a client that may place orders. Give it as --key, or in PPV_API_KEY.",
        HttpStatusCode.TooManyRequests => "The gateway was not asked: it turns requests away now. Try again.",
        _ => null,
    };

    /// <summary>What the gateway says of an order; <see langword="null"/> where it can't, or the answer is none of a gateway's.</summary>
    private static string? StatusIn(HttpLookAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            if (answer.Status == HttpStatusCode.ServiceUnavailable || !json.RootElement.TryGetProperty("state", out var state)) return null;
            string?[] parts = [Text("code"), Text("reason")];
            var more = string.Join(", ", parts.Where(part => part is not null));
            return more.Length == 0 ? state.ToString() : $"{state}: {Printable.Text(more)}";

            string? Text(string name) =>
                json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? ReasonIn(HttpLookAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            return json.RootElement.TryGetProperty("reason", out var reason) && reason.GetString() is { } text
                ? Printable.Text(text)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
