using Ppv.Protocol.Text;

namespace Ppv.Hosting.Board.Streaming;

/// <summary>
/// Looks at the verdict now and then while nobody watches the board, so that a board that is opened later knows since when it holds.
/// </summary>
internal static class VerdictWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Looks until the program stops.</summary>
    public static async Task RunAsync(
        Func<Task> look, Func<bool> isWatched, TimeProvider timeProvider, PlainLogger logger, CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, timeProvider);
            do
            {
                if (!isWatched()) await look().ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It was stopped.
        }
        catch (Exception e)
        {
            BoardLog.Failed(logger, e); // Nobody awaits this.
        }
    }
}
