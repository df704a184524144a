namespace Ppv.Samples.Cli.Bench;

/// <summary>When which call is to start, whatever became of the others. Pure.</summary>
/// <param name="rate">Calls a second, above 0.</param>
/// <param name="ramp">How long the rate grows from nothing, in a straight line.</param>
internal sealed class Pacing(double rate, TimeSpan ramp)
{
    private readonly double _rampSeconds = ramp.TotalSeconds;

    /// <summary>When the n-th call, counted from 0, is to start.</summary>
    public TimeSpan StartOf(long n)
    {
        // While it grows, t seconds have seen rate * t² / (2 * ramp) calls.
        var inRamp = rate * _rampSeconds / 2;
        return TimeSpan.FromSeconds(n < inRamp ? Math.Sqrt(2 * n * _rampSeconds / rate) : _rampSeconds + ((n - inRamp) / rate));
    }

    /// <summary>How many calls are to start before a time.</summary>
    public double CallsUntil(TimeSpan time)
    {
        var seconds = time.TotalSeconds;
        return seconds < _rampSeconds ? rate * seconds * seconds / (2 * _rampSeconds) : rate * (seconds - (_rampSeconds / 2));
    }
}
