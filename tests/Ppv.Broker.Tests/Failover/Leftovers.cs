using System.Diagnostics;

namespace Ppv.Broker.Tests.Failover;

/// <summary>What may be left over by connections that came and went.</summary>
/// <param name="OnBrokers">How many connections, channels, consumers and queues the brokers have.</param>
/// <param name="Threads">How many threads this process has.</param>
/// <param name="Memory">How many bytes this process holds after a collection.</param>
internal sealed record Leftovers(string OnBrokers, int Threads, long Memory)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(300);

    public static async Task<Leftovers> CountAsync(TestBrokerPair brokers)
    {
        // One node of a cluster knows all of it.
        TestBrokerNode[] nodes = brokers.IsCluster ? [brokers.Primary] : [brokers.Primary, brokers.Backup];
        var counts = await Task.WhenAll(nodes.Select(CountAsync));
        using var process = Process.GetCurrentProcess();
        return new Leftovers(string.Join("; ", counts), process.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
    }

    /// <summary>Counts until the answer pleases, or the time is over.</summary>
    public static async Task<Leftovers> UntilAsync(TestBrokerPair brokers, Func<Leftovers, bool> pleases, TimeSpan limit)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = await CountAsync(brokers);
            if (pleases(left) || TimeProvider.System.GetElapsedTime(since) > limit) return left;
            await Task.Delay(LookAgain, TimeProvider.System);
        }
    }

    private static Task<string> CountAsync(TestBrokerNode node) => node.ControlAsync("eval", """
        [{connections, length(rabbit_networking:connections())}, {channels, length(rabbit_channel:list())},
         {consumers, length(rabbit_amqqueue:consumers_all(<<"/ppv">>))}, {queues, length(rabbit_amqqueue:list(<<"/ppv">>))}].
        """);
}
