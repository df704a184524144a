using Ppv.Hosting;
using Ppv.Hosting.Worker;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// What callers were told and what Wizard did, at one site: nobody else knows both. It finds every promise that was not kept. Safe for use
/// by several threads.
/// </summary>
internal sealed class SiteLedger
{
    /// <summary>What a caller is promised: an answer within <c>Ppv:Rpc:ReplyTimeout</c>.</summary>
    private static readonly TimeSpan Deadline = new RpcOptions().ReplyTimeout;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);

    public List<CallRecord> Calls { get; } = [];

    /// <summary>When an order was answered by Wizard.</summary>
    public List<TimeSpan> Answered { get; } = [];

    /// <summary>When an order ended without Wizard's answer.</summary>
    public List<TimeSpan> Failed { get; } = [];

    /// <summary>From placing a call's EV to its first byte to Wizard; where none was sent, to the refusal.</summary>
    public WaitTimes Waits { get; } = new();

    /// <summary>The same in the busiest hour.</summary>
    public WaitTimes PeakWaits { get; } = new();

    public Violations Violations { get; } = new();

    public int Orders { get; private set; }

    public int UnknownConfirms { get; private set; }

    public int Purchases { get; private set; }

    public void Begin(Attempt attempt, TimeSpan now)
    {
        lock (_gate)
        {
            attempt.PlacedAt = now;
            _attempts.Add(attempt.Key, attempt);
        }
    }

    /// <summary>Wizard gets the first command of a call.</summary>
    public void Reached(string eventNumber, TimeSpan now)
    {
        lock (_gate) Waited(_attempts[eventNumber], now);
    }

    /// <summary>Wizard books.</summary>
    public void Book(string? eventNumber, string? subscriber)
    {
        lock (_gate)
        {
            Purchases++;
            if (eventNumber is null || !_attempts.TryGetValue(eventNumber, out var attempt) || attempt.Subscriber != subscriber
                || !attempt.IsConfirming)
            {
                Violations.AnothersEvent++;
                return;
            }

            if (++attempt.Purchases > 1) Violations.Twice++;
        }
    }

    /// <summary>A caller is told how an order ended.</summary>
    public void Tell(Attempt attempt, PpvCommandKind kind, PpvResult result, TimeSpan placed, TimeSpan now)
    {
        lock (_gate)
        {
            Orders++;
            (result.Outcome == RpcOutcome.Completed ? Answered : Failed).Add(now);
            if (now - placed > Deadline) Violations.Late++;
            if (kind == PpvCommandKind.Event && result.Outcome == RpcOutcome.NotExecuted) Waited(attempt, now);
            if (kind != PpvCommandKind.Confirm) return;
            attempt.Told = result.Outcome;
            attempt.IsRefused = result is { Outcome: RpcOutcome.Completed, Code: not ResultCodes.Ok };
            if (result.Outcome == RpcOutcome.Unknown) UnknownConfirms++;
        }
    }

    public void End(CallRecord call)
    {
        lock (_gate) Calls.Add(call);
    }

    /// <summary>
    /// When all is over: whoever was told OK has bought once, whoever was told no has bought nothing, and what was bought without the
    /// caller's knowing stands in a journal.
    /// </summary>
    public async Task CheckAsync(IReadOnlyList<IOrderJournal> journals)
    {
        foreach (var attempt in _attempts.Values.Where(attempt => attempt.IsConfirming))
        {
            var expected = attempt switch
            {
                { Told: RpcOutcome.Completed, IsRefused: false } => 1,
                { Told: RpcOutcome.Unknown } => attempt.Purchases,
                _ => 0,
            };
            if (attempt.Told is null) Violations.NeverTold++;
            if (attempt.Purchases < expected) Violations.Lost++;
            if (attempt.Purchases > expected) Violations.BoughtAfterNo++;
            if (attempt is { Told: RpcOutcome.Unknown, Purchases: > 0 } && !await IsKnownAsync(attempt, journals)) Violations.Lost++;
        }

        _attempts.Clear();
    }

    private static async Task<bool> IsKnownAsync(Attempt attempt, IReadOnlyList<IOrderJournal> journals)
    {
        foreach (var journal in journals)
        {
            var state = (await journal.FindAsync(attempt.ConfirmId))?.State;
            if (state is JournalState.Completed or JournalState.Intent or JournalState.Unknown) return true;
        }

        return false;
    }

    private void Waited(Attempt attempt, TimeSpan now)
    {
        var wait = now - attempt.PlacedAt;
        Waits.Add(wait);
        if (now >= DayCurve.Peak.From && now < DayCurve.Peak.To) PeakWaits.Add(wait);
    }
}
