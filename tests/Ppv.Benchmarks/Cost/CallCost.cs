using Ppv.Benchmarks.Comparison;

namespace Ppv.Benchmarks.Cost;

/// <summary>What a call allocates, client and server together: what the process does while nothing but calls go on in it.</summary>
internal static class CallCost
{
    private const int Rounds = 5;
    private const int WarmUpInFlight = 32;
    private const int CallsToWarmUp = 5_000;

    /// <summary>Until the runtime has compiled what is called often for good, which allocates less.</summary>
    public static Task WarmUpAsync(IPeer peer) => CallAsync(peer, WarmUpInFlight, CallsToWarmUp);

    /// <summary>The bytes of a call in each round, in order of size.</summary>
    public static async Task<double[]> BytesAsync(IPeer peer, int inFlight)
    {
        // One after the other they take a broker with a busy disk long.
        var calls = inFlight == 1 ? 300 : 2_000;
        await CallAsync(peer, inFlight, calls);
        var bytes = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await CallAsync(peer, inFlight, calls);
            bytes[round] = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / calls;
        }

        Array.Sort(bytes);
        return bytes;
    }

    public static Task CallAsync(IPeer peer, int inFlight, int calls)
    {
        var left = calls;
        return Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await peer.CallAsync();
        })));
    }
}
