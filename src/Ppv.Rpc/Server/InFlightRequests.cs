using System.Diagnostics.CodeAnalysis;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>All requests of a server, whatever connection they came over, and what works on them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The token sources have neither timers nor links, so there is nothing to dispose of.")]
internal sealed class InFlightRequests(DeliveryWorker worker, TimeProvider timeProvider)
{
    /// <summary>Since the server was made.</summary>
    public SoleLeadership SinceStart { get; } = SoleLeadership.From(ClockReading.Now(timeProvider));

    public DeliveryWorker Worker => worker;

    /// <summary>Those that are being worked on, those of earlier connections among them.</summary>
    public RunningRequests Running { get; } = new();

    /// <summary>The server stops: what only waits ends.</summary>
    public CancellationTokenSource StopBegins { get; } = new();

    /// <summary>The server's time to stop is over.</summary>
    public CancellationTokenSource StopIsOver { get; } = new();
}

/// <summary>How many requests run now. Safe for use by several threads.</summary>
internal sealed class RunningRequests
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _none;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>One begins; <see cref="End"/> is to be called when it has ended.</summary>
    public void Begin()
    {
        lock (_lock) _count++;
    }

    public void End()
    {
        lock (_lock)
        {
            if (--_count > 0) return;
            _none?.TrySetResult();
            _none = null;
        }
    }

    /// <summary>Completes when none runs.</summary>
    public Task WhenNone()
    {
        lock (_lock)
        {
            if (_count == 0) return Task.CompletedTask;
            return (_none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Waits until none runs.</summary>
    /// <returns>Whether that came within the limit, and before the token was cancelled.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            await WhenNone().WaitAsync(
                limit > TimeSpan.Zero ? limit : TimeSpan.Zero, timeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
