using System.Diagnostics;
using System.Globalization;
using Ppv.Rpc;

namespace Ppv.Benchmarks.Comparison;

/// <summary>
/// Measures the peers in turn, round by round, so that a noisy machine disturbs them alike; quotes the median of the ratios.
/// </summary>
internal static class ComparisonProgram
{
    private const string Usage = "Usage: compare|compare-queues [AMQP-URI] [CALLS-IN-FLIGHT] [SECONDS-A-ROUND] [ROUNDS], such as: "
        + "compare amqp://ppv:ppv@localhost:5672/%2Fppv 32 2 7";

    public static async Task<int> RunAsync(string[] args, bool queues = false)
    {
        if (!AmqpAddress.TryParse(args.ElementAtOrDefault(0) ?? AmqpAddress.Usual, out var broker)
            || !TryRead(args, 1, 32, out var inFlight) || !TryRead(args, 2, 2, out var seconds) || !TryRead(args, 3, 7, out var rounds))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        await using IPeer baseline = queues
            ? new PpvPeer(broker, QueueKind.LegacyTransient, "transient queue")
            : await HandWrittenPeer.StartAsync(broker);
        await using var ours = queues ? new PpvPeer(broker, QueueKind.DurableClassic, "durable, persistent") : new PpvPeer(broker);
        foreach (var peer in (IPeer[])[baseline, ours]) await MeasureAsync(peer, inFlight, TimeSpan.FromSeconds(1));

        var ratios = new List<double>();
        Console.WriteLine($"{inFlight} calls in flight, {rounds} rounds of {seconds} s for each");
        for (var round = 1; round <= rounds; round++)
        {
            // Who comes first changes from round to round.
            IPeer[] order = round % 2 == 0 ? [ours, baseline] : [baseline, ours];
            var results = new Dictionary<IPeer, Result>();
            foreach (var peer in order) results[peer] = await MeasureAsync(peer, inFlight, TimeSpan.FromSeconds(seconds));
            ratios.Add(results[ours].CallsPerSecond / results[baseline].CallsPerSecond);
            foreach (var peer in (IPeer[])[baseline, ours]) Console.WriteLine($"round {round}  {peer.Name,-23} {results[peer]}");
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{ours.Name} / {baseline.Name}: median {ratios[ratios.Count / 2]:0.00}, from {ratios[0]:0.00} to {ratios[^1]:0.00}"));
        return 0;
    }

    private static bool TryRead(string[] args, int index, int otherwise, out int number)
    {
        number = otherwise;
        return index >= args.Length
            || (int.TryParse(args[index], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= 10_000);
    }

    private static async Task<Result> MeasureAsync(IPeer peer, int inFlight, TimeSpan time)
    {
        var latencies = new List<double>[inFlight];
        using var process = Process.GetCurrentProcess();
        var (allocated, cpu, start) = (GC.GetTotalAllocatedBytes(precise: true), process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(caller => Task.Run(async () =>
        {
            var mine = latencies[caller] = new List<double>(10_000);
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var before = Stopwatch.GetTimestamp();
                await peer.CallAsync();
                mine.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        double[] all = [.. latencies.SelectMany(mine => mine).Order()];
        return new Result(
            all.Length / elapsed,
            all[all.Length / 2],
            all[(int)(all.Length * 0.99)],
            (GC.GetTotalAllocatedBytes(precise: true) - allocated) / all.Length,
            (process.TotalProcessorTime - cpu).TotalMicroseconds / all.Length);
    }

    private sealed record Result(double CallsPerSecond, double Median, double Percentile99, long BytesPerCall, double CpuPerCall)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{CallsPerSecond,7:0} calls/s  p50 {Median,6:0.00} ms  p99 {Percentile99,6:0.00} ms  {BytesPerCall,6} B/call  "
                + $"{CpuPerCall,5:0} us CPU/call");
    }
}
