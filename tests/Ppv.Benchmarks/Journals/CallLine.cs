using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Benchmarks.Journals;

/// <summary>Callers of one worker: each of their calls names an event and a subscriber, and confirms.</summary>
internal sealed class CallLine(PpvTestHost host) : IAsyncDisposable
{
    private int _begun;
    private int _ended;

    /// <summary>How many calls have ended so far.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <returns>Calls per second.</returns>
    public async Task<double> RunAsync(int callers, TimeSpan length)
    {
        var (started, before) = (TimeProvider.System.GetTimestamp(), Ended);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (TimeProvider.System.GetElapsedTime(started) < length) await CallAsync();
        })));
        return (Ended - before) / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task CallAsync()
    {
        var call = ConnectionId.Parse($"{Interlocked.Increment(ref _begun):x16}");
        foreach (var order in new[] { PpvOrder.Event(call, "262193"), PpvOrder.Subscriber(call, "85165320"), PpvOrder.Confirm(call) })
        {
            var result = await host.Client.SendAsync(order);
            if (result is not { Outcome: RpcOutcome.Completed, Code: ResultCodes.Ok })
                throw new InvalidOperationException($"{order.Command} was answered {result.Code}, {result.Outcome}: {result.Reason}");
        }

        Interlocked.Increment(ref _ended);
    }
}
