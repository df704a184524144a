using System.Net;
using System.Text.Json;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Samples.Cli.Http;
using Ppv.Samples.Cli.Journal;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Trace;

/// <summary>Asks every source for an order or a call, and brings together what they say.</summary>
/// <param name="id">The order's id, or the call's.</param>
/// <param name="unmasked">Whether subscribers' numbers are shown in full.</param>
internal sealed class Tracer(string id, bool unmasked)
{
    /// <summary>More orders than a call can have; the gateway is not asked for more.</summary>
    private const int MostAsked = 30;

    private readonly List<TraceEvent> _events = [];
    private readonly List<string> _notAsked = [];
    private readonly List<JournalEntry> _entries = [];

    public TraceResult Result => new(
        id, [.. _events.OrderBy(each => each.At ?? DateTimeOffset.MaxValue)], _notAsked);

    public void AskJournal(string path)
    {
        try
        {
            _entries.AddRange(JournalSource.Use(path, journal => journal.Read(new JournalQuery { AnyId = id })));
        }
        catch (CliException e)
        {
            _notAsked.Add($"The journal was not asked. {e.Message}");
            return;
        }

        foreach (var entry in _entries)
        {
            var record = JournalRecord.Of(entry, unmasked);
            var what = record.Value is null ? record.Command : $"{record.Command} {record.Value}";
            var order = $"order {record.OrderId} of call {record.ConnectionId ?? "(none)"}";
            _events.Add(new TraceEvent(record.ReceivedAt, "journal", record.OrderId,
                $"{what} received, {order}, line {record.Line ?? "-"}, deadline {JournalRecord.Time(record.Deadline)}"));
            if (record.State == JournalState.Received) continue;
            string?[] more = [record.Code, record.RepeatOf is null ? null : $"repeat of {record.RepeatOf}", record.Reason, record.Note];
            _events.Add(new TraceEvent(record.UpdatedAt, "journal", record.OrderId,
                $"{what} is {record.State}: {string.Join(", ", more.Where(text => !string.IsNullOrEmpty(text)))}".TrimEnd(':', ' ')));
        }
    }

    public async Task AskGatewayAsync(Uri url, string? key, HttpLook http, CancellationToken cancellationToken)
    {
        var orders = _entries.Select(entry => entry.Order.Id).Distinct().ToList();
        if (orders.Count == 0 && PpvOrder.IsValidId(id)) orders.Add(id);
        foreach (var order in orders.Take(MostAsked))
        {
            var address = new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/orders/{Uri.EscapeDataString(order)}");
            try
            {
                var answer = await http.GetAsync(
                    address, key is null ? null : (HttpLook.KeyHeader, key), cancellationToken);
                if (Refusal(answer) is { } refusal)
                {
                    _notAsked.Add(refusal);
                    return;
                }

                if (StatusIn(answer) is { } text) _events.Add(new TraceEvent(null, "gateway", order, $"order {order} is {text}"));
                else _notAsked.Add($"The gateway could not say what became of order {order}: {HttpLook.OneLine(answer.Body)}");
            }
            catch (HttpLookException e)
            {
                _notAsked.Add($"The gateway was not asked. {e.Message}");
                return;
            }
        }
    }

    public void AskLog(string path)
    {
        try
        {
            string[] ids = [id, .. _entries.Select(entry => entry.Order.Id)];
            var lines = LogLines.Read(path, ids.Distinct(StringComparer.OrdinalIgnoreCase).ToList(), unmasked);
            _events.AddRange(lines);
            if (lines.Count == LogLines.MaxLines)
                _notAsked.Add(FormattableString.Invariant($"Of {path} only the first {LogLines.MaxLines} lines that name it are shown."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _notAsked.Add($"The log file {path} was not asked. {e.Message}");
        }
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
}
