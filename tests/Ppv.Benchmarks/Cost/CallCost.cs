using Ppv.Benchmarks.Comparison;

namespace Ppv.Benchmarks.Cost;

/// <summary>What a call allocates, client and server together: what the process does while nothing but calls go on in it.</summary>
internal static class CallCost
{
    private const int Rounds = 5;
    private const int CallsInRound = 2_000;
    private const int CallsToWarmUp = 6_000;

    /// <summary>The bytes of a call in each round, in order of size.</summary>
    public static async Task<double[]> BytesAsync(IPeer peer, int inFlight)
    {
        // Until the runtime has compiled what is called often for good, which allocates less.
        await CallAsync(peer, inFlight, CallsToWarmUp);
        var bytes = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await CallAsync(peer, inFlight, CallsInRound);
            bytes[round] = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / CallsInRound;
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
