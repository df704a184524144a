using System.Globalization;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Benchmarks.Scale;

/// <summary>The callers of a site: when they come, what they do, and what they make of what they are told.</summary>
internal sealed class Callers(VirtualTime time, SiteSetup setup, SiteLedger ledger, Func<PpvOrder, Task<PpvResult>> place)
{
    private static readonly TimeSpan BeforeNextAttempt = TimeSpan.FromSeconds(5);

    private readonly ProcessTime _people = new(time);
    private readonly Dice _arrivals = new(setup.Seed, (ulong)setup.Number, 1);
    private ulong _calls;
    private int _active;

    /// <summary>How many wait for an answer.</summary>
    public int Waiting => Volatile.Read(ref _active) - _people.Parked;

    /// <summary>How many are on the phone.</summary>
    public int Active => Volatile.Read(ref _active);

    public void Start()
    {
        for (var caller = 0; caller < setup.SteadyCallers; caller++) _ = CallOnAsync();
        if (setup.MaxCallsPerSecond > 0) Await();
    }

    /// <summary>Calls come by themselves, more or fewer with the time of the day: those that come too often are passed over.</summary>
    private void Await() => time.CreateTimer(
        _ =>
        {
            if (time.Elapsed >= setup.To) return;
            if (_arrivals.Hits(setup.CallsPerSecond(time.Elapsed) / setup.MaxCallsPerSecond)) _ = CallAsync();
            Await();
        },
        null, _arrivals.UntilNext(setup.MaxCallsPerSecond), Timeout.InfiniteTimeSpan);

    private async Task CallOnAsync()
    {
        while (time.Elapsed < setup.To) await CallAsync();
    }

    private async Task CallAsync()
    {
        Interlocked.Increment(ref _active);
        var (number, begun, attempts) = (Interlocked.Increment(ref _calls), time.Elapsed, 0);
        var end = CallEnd.Rejected;
        while (end == CallEnd.Rejected && attempts < setup.Profile.Attempts)
        {
            if (attempts > 0) await _people.ParkAsync(BeforeNextAttempt);
            end = await TryAsync(number, ++attempts);
        }

        ledger.End(new CallRecord(begun, time.Elapsed, end, attempts));
        Interlocked.Decrement(ref _active);
    }

    private async Task<CallEnd> TryAsync(ulong number, int tried)
    {
        var dice = new Dice(setup.Seed, (ulong)setup.Number, number, (ulong)tried);
        var key = string.Create(CultureInfo.InvariantCulture, $"{setup.Number}-{number}-{tried}");
        var attempt = new Attempt(key, ConnectionId.Parse(string.Create(
            CultureInfo.InvariantCulture, $"{setup.Number:x4}{(number * 8 + (ulong)tried) * 0x9E3779B97F45 & 0xFFFFFFFFFFFF:x12}")));
        ledger.Begin(attempt, time.Elapsed);
        if (await SendAsync(attempt, PpvCommand.Event(key), ".EV") is not { } afterEvent) return CallEnd.Rejected;
        if (afterEvent != ResultCodes.Ok) return CallEnd.Refused;
        if (!await PauseAsync(dice)) return CallEnd.HungUp;
        if (await SendAsync(attempt, PpvCommand.Subscriber(attempt.Subscriber), ".EN") is not { } afterSubscriber) return CallEnd.Rejected;
        if (afterSubscriber != ResultCodes.Ok) return CallEnd.Refused;
        if (!await PauseAsync(dice)) return CallEnd.HungUp;
        attempt.IsConfirming = true;
        return await SendAsync(attempt, PpvCommand.Confirm, ".UP") switch
        {
            ResultCodes.Ok => CallEnd.Bought,
            not null => CallEnd.Refused,
            null => attempt.Told == RpcOutcome.NotExecuted ? CallEnd.Rejected : CallEnd.Unknown,
        };
    }

    /// <returns>What Wizard said; <see langword="null"/> when nothing is known of that.</returns>
    private async Task<string?> SendAsync(Attempt attempt, PpvCommand command, string name)
    {
        var placed = time.Elapsed;
        var result = await place(new PpvOrder(attempt.Call, command) { Id = attempt.Key + name });
        ledger.Tell(attempt, command.Kind, result, placed, time.Elapsed);
        return result.Outcome == RpcOutcome.Completed ? result.Code : null;
    }

    /// <returns>Whether the caller is still there afterwards.</returns>
    private async Task<bool> PauseAsync(Dice dice)
    {
        var (pause, hangsUp) = (dice.Time(setup.Profile.Pause, setup.Profile.PauseSpread), dice.Hits(setup.Profile.HangUps));
        if (pause > TimeSpan.Zero) await _people.ParkAsync(pause);
        return !hangsUp;
    }
}
