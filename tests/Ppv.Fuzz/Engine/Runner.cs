namespace Ppv.Fuzz.Engine;

/// <summary>Runs a target with one input after the other, and looks at each.</summary>
/// <param name="target">The target.</param>
/// <param name="watch">What the target reports to.</param>
/// <param name="limit">How long an input may take.</param>
internal sealed class Runner(FuzzTarget target, Watch watch, TimeSpan limit)
{
    /// <summary>How often it must happen again where it may be a matter of chance.</summary>
    private const int Repetitions = 4;

    /// <summary>Only what hangs takes so long, also on a machine that has much more to do.</summary>
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(1);

    /// <summary>A hundred times what the slowest input takes. It is the same on a machine that has more to do.</summary>
    private static readonly TimeSpan MostProcessorTime = TimeSpan.FromSeconds(2);

    public Runner(FuzzTarget target, Watch watch)
        : this(target, watch, UsualLimit)
    {
    }

    /// <summary>Whether an input never ended. What it has begun goes on: the target is of no use any more.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>What the last input led to.</summary>
    public IReadOnlyList<string> Seen { get; private set; } = [];

    /// <summary>
    /// Runs an input. How much it allocated, and how long it took, counts only when that is so twice: a first time loads code.
    /// </summary>
    /// <returns>The promise it breaks, if any.</returns>
    public async Task<Finding?> RunAsync(byte[] input)
    {
        var finding = await RunOnceAsync(input);
        var again = target.MustRepeat ? Repetitions : finding?.Kind is FindingKind.Growth or FindingKind.Hang ? 1 : 0;
        for (; again > 0 && finding is not null && !IsStuck; again--) finding = await RunOnceAsync(input);
        return finding;
    }

    private async Task<Finding?> RunOnceAsync(byte[] input)
    {
        var copy = (byte[])input.Clone(); // What changes its input must not change what is reported.
        watch.Take();
        var begun = Environment.CpuUsage.TotalTime;
        var work = Task.Run(() => MeasureAsync(copy));
        var (what, allocated) = (default(Exception), 0L);
        try
        {
            allocated = await work.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            IsStuck = true;
            return Found(FindingKind.Hang, $"It has not ended within {limit.TotalSeconds:0.#} s.", input);
        }
        catch (Exception e)
        {
            what = e;
        }

        var (seen, forged) = watch.Take();
        Seen = what is null ? seen : [.. seen, what.GetType().Name];
        if (what is BrokenPromiseException) return Found(FindingKind.BrokenPromise, what.Message, input);
        if (what is not null) return Found(FindingKind.Crash, what.ToString(), input);
        if (forged.Count > 0) return Found(FindingKind.ForgedLine, forged[0], input);
        var most = target.FreeBytes + (long)target.BytesPerByte * input.Length;
        if (allocated > most)
            return Found(FindingKind.Growth, $"{input.Length} bytes allocated {allocated} bytes; at most {most} are in proportion.", input);
        var time = Environment.CpuUsage.TotalTime - begun;
        return time > MostProcessorTime
            ? Found(FindingKind.Hang, $"It took {time.TotalSeconds:0.0} s of processor time.", input)
            : null;
    }

    /// <summary>
    /// Exact for what is done when the call returns; else what all threads allocated meanwhile, in steps of a few KB.
    /// </summary>
    private async Task<long> MeasureAsync(byte[] input)
    {
        var (own, all) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes());
        var work = target.Run(input, watch);
        if (work.IsCompleted)
        {
            own = GC.GetAllocatedBytesForCurrentThread() - own;
            await work;
            return own;
        }

        await work;
        return GC.GetTotalAllocatedBytes() - all;
    }

    private Finding Found(FindingKind kind, string what, byte[] input) => new(target.Name, kind, what, input);
}
