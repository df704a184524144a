using System.Collections.Concurrent;

namespace Ppv.Rpc.Serving;

/// <summary>Tasks that run now. Safe for use by several threads.</summary>
internal sealed class RunningTasks
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    public int Count => _running.Count;

    public void Add(Task task)
    {
        _running.TryAdd(task, 0);
        task.ContinueWith((ended, running) => ((ConcurrentDictionary<Task, byte>)running!).TryRemove(ended, out _), _running, TaskScheduler.Default);
    }

    /// <summary>Waits for those that run now.</summary>
    /// <returns>Whether they ended.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_running.Keys).WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, timeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
