namespace Ppv.Hosting.Figures;

/// <summary>
/// What passed one hop over the last minutes: a tally for each step of time, in a ring of fixed size. Recording takes a lock for some
/// nanoseconds and allocates nothing. Safe for use by several threads.
/// </summary>
internal sealed class HopFigures(TimeProvider timeProvider)
{
    /// <summary>How long a step is.</summary>
    public const int StepSeconds = 5;

    /// <summary>How many are kept: the present one, and those before it.</summary>
    public const int Steps = 60;

    /// <summary>How many make the last minute, the present one among them.</summary>
    public const int StepsOfMinute = 60 / StepSeconds;

    private readonly Lock _gate = new();
    private readonly (long Step, Tally Tally)[] _ring = [.. Enumerable.Range(0, Steps).Select(_ => (-1L, new Tally()))];

    /// <summary>The step that a moment is in; steps are counted alike everywhere.</summary>
    public static long StepOf(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds() / (StepSeconds * 1_000);

    /// <summary>An order has passed, now.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="isError">Whether it failed at this hop.</param>
    public void Record(TimeSpan duration, bool isError)
    {
        var step = StepOf(timeProvider.GetUtcNow());
        lock (_gate) TallyOf(step).Add(duration, isError);
    }

    /// <summary>Puts what another program counted in a step into the place of what is known of it.</summary>
    public void Replace(long step, Tally tally)
    {
        lock (_gate)
        {
            var own = TallyOf(step);
            own.Clear();
            own.Add(tally);
        }
    }

    /// <summary>Adds what passed in a step to a sum.</summary>
    public void AddTo(Tally sum, long step)
    {
        lock (_gate)
        {
            var (known, tally) = _ring[Slot(step)];
            if (known == step && tally.Count > 0) sum.Add(tally);
        }
    }

    /// <summary>A place in the ring belongs to the step that was recorded there last, also after the clock was set back.</summary>
    private Tally TallyOf(long step)
    {
        ref var place = ref _ring[Slot(step)];
        if (place.Step != step)
        {
            place.Step = step;
            place.Tally.Clear();
        }

        return place.Tally;
    }

    private static int Slot(long step) => (int)(((step % Steps) + Steps) % Steps);
}
