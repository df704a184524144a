using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ppv.Benchmarks.Scale;

/// <summary>One site with the real worker behind a modelled broker, from its first call to its last one's end.</summary>
internal static class Site
{
    /// <summary>Longer than the last callers stay.</summary>
    public static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(6);

    /// <summary>By the real clock: more than anything takes here.</summary>
    private static readonly TimeSpan Hanging = TimeSpan.FromMinutes(1);

    public static async Task<SiteResult> RunAsync(SiteSetup setup)
    {
        var time = new VirtualTime();
        time.Run(setup.From, () => { });
        var ledger = new SiteLedger();
        var path = new ModelPath(time, setup, new SimulatedWizard(time, setup, ledger));
        var callers = new Callers(time, setup, ledger, path.SendAsync);
        path.Start();
        var samples = new LineSamples(time, setup, () => path.Workers.Process is { IsKilled: false } process ? process.Lines : null);
        callers.Start();
        time.Run(setup.To + Afterwards, () => Settle(path));
        if (callers.Active > 0)
            throw new InvalidOperationException($"{callers.Active} callers of site {setup.Number} were never answered.");
        await ledger.CheckAsync(path.Workers.Journals);
        return new SiteResult(setup, ledger, samples.Minutes);
    }

    /// <summary>Runs many, one on each core at a time.</summary>
    public static async Task<IReadOnlyList<SiteResult>> RunAllAsync(IReadOnlyList<SiteSetup> setups)
    {
        var (waiting, results) = (new ConcurrentQueue<int>(Enumerable.Range(0, setups.Count)), new SiteResult[setups.Count]);
        // Threads of their own: what waits for a line goes on on the pool's.
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (waiting.TryDequeue(out var index)) results[index] = RunAsync(setups[index]).GetAwaiter().GetResult();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return results;
    }

    private static void Settle(ModelPath path)
    {
        if (path.IsSettled) return;
        var (spin, since) = (new SpinWait(), Stopwatch.GetTimestamp());
        while (!path.IsSettled)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            if (spin.Count % 1000 == 0 && Stopwatch.GetElapsedTime(since) > Hanging)
                throw new InvalidOperationException("The worker neither goes on nor waits for time to pass.");
        }
    }
}
