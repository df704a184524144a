using System.Collections.Concurrent;
using System.Globalization;
using Ppv.Protocol;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// Callers who buy, one call after another: EV, EN, CONFIRM with think times between; each pair of event and subscriber is bought by one
/// call only.
/// </summary>
internal sealed class CallLoad(GatewayHost gateway, int callers, int calls, int lines, TimeSpan maxThinkTime)
{
    /// <summary>How often a caller tries a step again that was not executed or got no answer, as a patient person would.</summary>
    private const int Patience = 5;

    private readonly ConcurrentQueue<GatewayReply> _refusals = new();
    private readonly ConcurrentQueue<OrderRecord> _orders = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly Lock _switching = new();
    private GatewayHost _gateway = gateway;
    private int _next;
    private volatile bool _stopping;

    /// <summary>A load without an end of its own: it goes on until <see cref="Stop"/>.</summary>
    public static CallLoad Endless(GatewayHost gateway, int callers, int lines, TimeSpan maxThinkTime) =>
        new(gateway, callers, int.MaxValue - callers, lines, maxThinkTime);

    /// <summary>How many calls were begun so far.</summary>
    public int Begun => Math.Min(Volatile.Read(ref _next), calls);

    /// <summary>The time since the load was made: the clock of <see cref="Orders"/>.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_start);

    /// <summary>Every order that was answered so far.</summary>
    public IReadOnlyList<OrderRecord> Orders => [.. _orders];

    /// <summary>What callers were told but OK, at whatever step.</summary>
    public IReadOnlyList<GatewayReply> Refusals => [.. _refusals];

    /// <summary>From now on new requests go there, as when nginx has another upstream; those on their way stay where they are.</summary>
    public void SwitchTo(GatewayHost other)
    {
        lock (_switching) _gateway = other;
    }

    public bool IsStopping => _stopping;

    /// <summary>No caller begins another call; those under way go on to their end.</summary>
    public void Stop() => _stopping = true;

    public async Task<IReadOnlyList<CallOutcome>> RunAsync()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallerAsync(new Random(caller)))));
        return [.. outcomes.SelectMany(outcome => outcome)];
    }

    private async Task<List<CallOutcome>> CallerAsync(Random random)
    {
        var outcomes = new List<CallOutcome>();
        for (var call = Interlocked.Increment(ref _next); call <= calls && !_stopping; call = Interlocked.Increment(ref _next))
            outcomes.Add(await CallAsync(call, random));
        return outcomes;
    }

    private async Task<CallOutcome> CallAsync(int call, Random random)
    {
        // Half of the calls collide on three lines of the old formula, the others are spread.
        var connid = ConnectionId.Parse(
            ((call * (long)lines) + (call % 2 == 0 ? call % 3 : random.Next(lines))).ToString("x16", CultureInfo.InvariantCulture));
        var (eventNumber, subscriber) = ($"{100_000 + call}", $"{5_000_000 + call}");
        var confirms = new List<GatewayReply>();
        for (var attempt = 0; attempt < Patience; attempt++)
        {
            if (!await StepAsync(PpvOrder.Event(connid, eventNumber), random) || !await StepAsync(
                PpvOrder.Subscriber(connid, subscriber), random))
                break;
            var reply = await SendAsync(PpvOrder.Confirm(connid));
            confirms.Add(reply);

            // Only where it is proven that nothing was bought does an honest caller begin again.
            if (reply.Outcome != "NotExecuted") break;
            await ThinkAsync(random);
        }

        return new CallOutcome(connid.ToString(), eventNumber, subscriber, confirms);
    }

    private async Task<bool> StepAsync(PpvOrder step, Random random)
    {
        for (var attempt = 0; attempt < Patience; attempt++)
        {
            var reply = await SendAsync(new PpvOrder(step.ConnectionId, step.Command));
            await ThinkAsync(random);
            if (reply.Body == GatewayReply.Ok) return true;
        }

        return false;
    }

    private async Task<GatewayReply> SendAsync(PpvOrder order)
    {
        // Together, so that after a switch every request to the former gateway counts as sent.
        Task<GatewayReply> sending;
        var start = Now;
        lock (_switching) sending = _gateway.SendAsync(order);
        var reply = await sending;
        _orders.Enqueue(new OrderRecord(order.ConnectionId!.ToString(), order.Command.Kind, start, Now, reply));
        if (reply is not { Status: 200, Body: GatewayReply.Ok }) _refusals.Enqueue(reply);
        return reply;
    }

    private Task ThinkAsync(Random random) => Task.Delay(maxThinkTime * random.NextDouble(), TimeProvider.System);
}
