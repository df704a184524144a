namespace Ppv.Samples.Cli.Output;

/// <summary>
/// Looks now and then whether anybody still takes the output: a verb that prints a change only when there is one would not find out, and
/// hold what it listens to.
/// </summary>
internal sealed class OutputWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _gone = new();
    private readonly ITimer? _timer;

    /// <param name="isGone">Looks; <see langword="null"/> where nobody can tell.</param>
    /// <param name="time">The clock.</param>
    public OutputWatch(Func<bool>? isGone, TimeProvider time)
    {
        if (isGone is null) return;
        _timer = time.CreateTimer(
            _ =>
            {
                if (isGone()) _gone.Cancel();
            },
            null, Interval, Interval);
    }

    /// <summary>Cancelled when nobody takes it.</summary>
    public CancellationToken Gone => _gone.Token;

    public void Dispose() => _timer?.Dispose();
}
