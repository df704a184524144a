using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// Gives out Wizard's lines: each to one command at a time, in the order of arrival; a line never waits for another one. Safe for use by
/// several threads.
/// </summary>
internal sealed class LineScheduler(TimeProvider timeProvider)
{
    private readonly Lock _gate = new();

    // A line that is in use has an entry: those who wait for it, first come first.
    private readonly Dictionary<LineNumber, LinkedList<TaskCompletionSource<bool>>> _inUse = [];

    /// <summary>How many lines are in use now.</summary>
    public int BusyLines
    {
        get { lock (_gate) return _inUse.Count; }
    }

    /// <summary>The lines that are in use now, and how many wait for each.</summary>
    public Dictionary<LineNumber, int> InUse
    {
        get { lock (_gate) return _inUse.ToDictionary(line => line.Key, line => line.Value.Count); }
    }

    /// <summary>Waits for a line.</summary>
    /// <returns>
    /// The use of the line, to be disposed of when the command is done; <see langword="null"/> when the deadline came first.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task<IDisposable?> AcquireAsync(LineNumber line, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = RpcRules.Bounded(deadline - timeProvider.GetUtcNow());
        if (left <= TimeSpan.Zero) return null;

        LinkedListNode<TaskCompletionSource<bool>> place;
        lock (_gate)
        {
            if (_inUse.TryAdd(line, [])) return new Use(this, line);
            place = _inUse[line].AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        using var limit = new CancellationTokenSource(left, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var giveUp = end.Token.UnsafeRegister(static place => ((TaskCompletionSource<bool>)place!).TrySetResult(false), place.Value);
        if (await place.Value.Task.ConfigureAwait(false)) return new Use(this, line);

        lock (_gate) place.List?.Remove(place);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    private void Leave(LineNumber line)
    {
        lock (_gate)
        {
            var waiting = _inUse[line];
            while (waiting.First is { } next)
            {
                waiting.RemoveFirst();
                if (next.Value.TrySetResult(true)) return; // The line stays in use: it is the next one's now.
            }

            _inUse.Remove(line);
        }
    }

    private sealed class Use(LineScheduler scheduler, LineNumber line) : IDisposable
    {
        private LineScheduler? _scheduler = scheduler;

        public void Dispose() => Interlocked.Exchange(ref _scheduler, null)?.Leave(line);
    }
}
