using System.Diagnostics;

namespace Ppv.Benchmarks.Comparison;

/// <summary>What a peer did in a while, with so many calls in flight. Latencies in milliseconds, processor time in microseconds.</summary>
internal sealed record Measurement(double CallsPerSecond, double Median, double Percentile99, double BytesPerCall, double CpuPerCall)
{
    public static async Task<Measurement> TakeAsync(IPeer peer, int inFlight, TimeSpan time)
    {
        var latencies = new List<double>[inFlight];
        var (allocated, cpu, start) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(caller => Task.Run(async () =>
        {
            var mine = latencies[caller] = [];
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var before = Stopwatch.GetTimestamp();
                await peer.CallAsync();
                mine.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] all = [.. latencies.SelectMany(mine => mine).Order()];
        return new Measurement(
            all.Length / elapsed,
            all[all.Length / 2],
            all[(int)(all.Length * 0.99)],
            (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / all.Length,
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / all.Length);
    }
}
