using Ppv.Hosting;
using Ppv.Hosting.Worker.Lines;

namespace Ppv.Benchmarks.Scale;

/// <summary>Looks at a worker's lines every few seconds.</summary>
internal sealed class LineSamples
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(6);
    private static readonly double Weight = Interval / TimeSpan.FromMinutes(1);

    private readonly VirtualTime _time;
    private readonly SiteSetup _setup;
    private readonly Func<LineLeases?> _lines;

    /// <param name="time">The time.</param>
    /// <param name="setup">From when until when.</param>
    /// <param name="lines">The worker's lines; <see langword="null"/> while there is none.</param>
    public LineSamples(VirtualTime time, SiteSetup setup, Func<LineLeases?> lines)
    {
        (_time, _setup, _lines) = (time, setup, lines);
        Minutes = new LineMinute[(int)Math.Ceiling((setup.To - setup.From).TotalMinutes)];
        time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    public LineMinute[] Minutes { get; }

    private void Look()
    {
        var minute = (int)(_time.Elapsed - _setup.From - Interval).TotalMinutes;
        if (minute >= Minutes.Length || _lines() is not { } lines) return;
        var counts = lines.Counts;
        Minutes[minute] = Minutes[minute].Plus(new LineMinute(counts.Leased, counts.Busy, counts.Waiting), Weight);
    }
}
