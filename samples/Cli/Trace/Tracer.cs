using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol;
using Ppv.Samples.Cli.Http;
using Ppv.Samples.Cli.Journal;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Trace;

/// <summary>Asks every source for an order or a call, and brings together what they say.</summary>
/// <param name="id">The order's id, or the call's.</param>
/// <param name="unmasked">Whether subscribers' numbers are shown in full.</param>
internal sealed class Tracer(string id, bool unmasked)
{
    /// <summary>More orders than a call can have; the gateway is not asked for more.</summary>
    private const int MostAsked = 30;

    private const string Gateway = "gateway";
    private const int LengthOfOurIds = 32;

    private readonly List<TraceEvent> _events = [];
    private readonly List<string> _failed = [], _skipped = [];
    private readonly List<JournalEntry> _entries = [];
    private bool _isKnown;

    public TraceResult Result => new(
        id, [.. _events.OrderBy(each => each.At ?? DateTimeOffset.MaxValue)], [.. _failed, .. _skipped],
        _isKnown || _events.Exists(each => each.Source != Gateway), _failed.Count > 0);

    public void AskJournal(string path)
    {
        try
        {
            _entries.AddRange(JournalSource.Use(path, journal => journal.Read(new JournalQuery { AnyId = id })));
        }
        catch (CliException e)
        {
            _failed.Add($"The journal was not asked. {e.Message}");
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

    /// <summary>Asks the gateway what became of the orders.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="anyway">Also where an old worker may be on the queue, which stops at the question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AskGatewayAsync(GatewaySource gateway, bool anyway, CancellationToken cancellationToken)
    {
        var orders = _entries.Select(entry => entry.Order.Id).Distinct().ToList();
        if (orders.Count == 0 && IsCall(id))
        {
            _skipped.Add($"The gateway was not asked: it knows orders by their own ids, and {id} is a call's. Give the journal "
                + "(--journal), which knows the call's orders, or an order's id.");
            return;
        }

        if (orders.Count == 0 && PpvOrder.IsValidId(id)) orders.Add(id);
        try
        {
            if (!anyway && await gateway.WhyNotAsync(cancellationToken) is { } why)
            {
                (why.IsFailure ? _failed : _skipped).Add(why.Sentence);
                return;
            }

            foreach (var order in orders.Take(MostAsked))
            {
                var (text, isKnown, problem) = await gateway.AskAsync(order, cancellationToken);
                if (text is not null) _events.Add(new TraceEvent(null, Gateway, order, $"order {order} is {text}"));
                _isKnown |= isKnown;
                if (problem is null) continue;
                _failed.Add(problem); // The others are not asked: a worker that did not answer one may not stand another one.
                return;
            }
        }
        catch (HttpLookException e)
        {
            _failed.Add($"The gateway was not asked. {e.Message}");
        }
    }

    /// <summary>An id of 32 digits can be either one's.</summary>
    private static bool IsCall(string id) => id.Length < LengthOfOurIds && ConnectionId.TryParse(id, out _);

    public void AskLog(string path)
    {
        try
        {
            string[] ids = [id, .. _entries.Select(entry => entry.Order.Id)];
            var lines = LogLines.Read(path, ids.Distinct(StringComparer.OrdinalIgnoreCase).ToList(), unmasked);
            _events.AddRange(lines);
            if (lines.Count == LogLines.MaxLines)
                _failed.Add(FormattableString.Invariant($"Of {path} only the first {LogLines.MaxLines} lines that name it are shown."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failed.Add($"The log file {path} was not asked. {e.Message}");
        }
    }
}
