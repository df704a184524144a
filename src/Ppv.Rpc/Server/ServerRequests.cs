using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ppv.Rpc.Server;

/// <summary>All requests of a server, whatever connection they came over, and what works on them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The token sources have neither timers nor links, so there is nothing to dispose of.")]
internal sealed class ServerRequests(DeliveryWorker worker)
{
    public DeliveryWorker Worker => worker;

    /// <summary>Those that are being worked on, those of earlier connections among them.</summary>
    public RunningTasks Running { get; } = new();

    /// <summary>The server stops: what only waits ends.</summary>
    public CancellationTokenSource StopBegins { get; } = new();

    /// <summary>The server's time to stop is over.</summary>
    public CancellationTokenSource StopIsOver { get; } = new();
}

/// <summary>Tasks that run now. Safe for use by several threads.</summary>
internal sealed class RunningTasks
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    public int Count => _running.Count;

    public void Add(Task task)
    {
        _running.TryAdd(task, 0);
        task.ContinueWith(
            (ended, running) => ((ConcurrentDictionary<Task, byte>)running!).TryRemove(ended, out _), _running, TaskScheduler.Default);
    }

    /// <summary>Waits for those that run now.</summary>
    /// <returns>Whether they ended.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_running.Keys).WaitAsync(
                limit > TimeSpan.Zero ? limit : TimeSpan.Zero, timeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
