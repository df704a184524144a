using System.Collections.Concurrent;
using System.Globalization;
using Ppv.Broker.Tests.Delivery;

namespace Ppv.Broker.Tests.Migration;

/// <summary>A way into the site: an old gateway or a new one. Takes a command of a call, and says what the caller is told.</summary>
internal delegate Task<GatewayReply> Front(string connid, string key, string value);

/// <summary>
/// Callers who buy while the site changes under them. Each has one of Wizard's lines for himself, so that what old workers do to calls that
/// collide (contract §3) is not laid at the door of the step that is tested. Each command goes to the next front, so that a call meets old
/// and new parts.
/// </summary>
internal sealed class SiteLoad
{
    private const int Callers = 12, Lines = 29, Patience = 5;

    private static readonly TimeSpan ThinkTime = TimeSpan.FromMilliseconds(10);
    private readonly ConcurrentQueue<CallOutcome> _calls = new();
    private readonly ConcurrentQueue<GatewayReply> _refusals = new();
    private readonly List<Task> _callers;
    private readonly Lock _gate = new();
    private IReadOnlyList<Front> _fronts;
    private TaskCompletionSource? _hold;
    private int _next, _turn, _inCall;
    private volatile bool _isOver;

    public SiteLoad(params IReadOnlyList<Front> fronts)
    {
        _fronts = fronts;
        _callers = [.. Enumerable.Range(0, Callers).Select(line => Task.Run(() => CallerAsync(line)))];
    }

    public IReadOnlyList<CallOutcome> Calls => [.. _calls];

    /// <summary>What callers were told but OK.</summary>
    public IReadOnlyList<GatewayReply> Refusals => [.. _refusals];

    /// <summary>From now on commands go there, as when nginx has other upstreams.</summary>
    public void GoTo(params IReadOnlyList<Front> fronts)
    {
        lock (_gate) _fronts = fronts;
    }

    /// <summary>Waits until so many more calls came to their end.</summary>
    public async Task MoreAsync(int calls)
    {
        var until = _calls.Count + calls;
        await UntilAsync(() => _calls.Count >= until, $"{calls} more calls");
    }

    /// <summary>A quiet moment: calls that were begun are ended, and no other one is begun until <see cref="GoOn"/>.</summary>
    public async Task HoldAsync()
    {
        lock (_gate) _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await UntilAsync(() => { lock (_gate) return _inCall == 0; }, "the last calls");
    }

    public void GoOn()
    {
        lock (_gate)
        {
            _hold?.SetResult();
            _hold = null;
        }
    }

    public async Task EndAsync()
    {
        _isOver = true;
        GoOn();
        await Task.WhenAll(_callers).Within();
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            foreach (var caller in _callers.Where(caller => caller.IsFaulted)) await caller;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(
                Bounds.Limit, $"{what} did not come; refused: {string.Join(", ", Refusals)}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private async Task CallerAsync(int line)
    {
        while (!_isOver)
        {
            if (Enter() is { } hold)
            {
                await hold;
                continue;
            }

            try
            {
                _calls.Enqueue(await CallAsync(Interlocked.Increment(ref _next), line));
            }
            finally
            {
                lock (_gate) _inCall--;
            }
        }
    }

    /// <summary>Begins a call, or says what to wait for.</summary>
    private Task? Enter()
    {
        lock (_gate)
        {
            if (_hold is null) _inCall++;
            return _hold?.Task;
        }
    }

    private async Task<CallOutcome> CallAsync(int call, int line)
    {
        var connid = ((call * (long)Lines) + line).ToString("x16", CultureInfo.InvariantCulture);
        var (eventNumber, subscriber) = ($"{100_000 + call}", $"{5_000_000 + call}");
        var confirms = new List<GatewayReply>();
        for (var attempt = 0; attempt < Patience; attempt++)
        {
            if (await SendAsync(connid, "EV", eventNumber) is not { Body: GatewayReply.Ok }) continue;
            if (await SendAsync(connid, "EN", subscriber) is not { Body: GatewayReply.Ok }) continue;
            confirms.Add(await SendAsync(connid, "CONFIRM", "UP"));
            if (confirms[^1].Outcome != "NotExecuted") break; // Only where it is proven that nothing was bought, a caller begins again.
        }

        return new CallOutcome(connid, eventNumber, subscriber, confirms);
    }

    private async Task<GatewayReply> SendAsync(string connid, string key, string value)
    {
        // Together, so that after a switch every command to a former front counts as sent.
        Task<GatewayReply> sending;
        lock (_gate) sending = _fronts[_turn++ % _fronts.Count](connid, key, value);
        var reply = await sending;
        if (reply.Body != GatewayReply.Ok) _refusals.Enqueue(reply);
        await Task.Delay(ThinkTime, TimeProvider.System);
        return reply;
    }
}
