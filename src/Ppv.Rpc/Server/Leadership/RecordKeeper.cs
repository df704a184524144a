namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// Leaves a leader's record that could not be left when it took over, as soon as the broker takes it. Until then an older one may lie
/// where nobody can see it now, and be believed when it is seen again. One attempt at a time, and none after <see cref="StopAsync"/>; for
/// one leadership.
/// </summary>
internal sealed class RecordKeeper(LeaderRecords records, LeadershipPolicy policy, QueueLeadership leadership)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _trying = Task.CompletedTask;
    private volatile bool _isMissing;

    /// <summary>Whether no record of this leadership lies there, as far as is known.</summary>
    public bool IsMissing => _isMissing;

    /// <summary>Tries until it is left, the leadership is lost, or it is stopped. To be called once.</summary>
    public void Keep(LeaderRecord record)
    {
        lock (_lock)
        {
            if (_stopped.Task.IsCompleted) return;
            _isMissing = true;
            _trying = KeepAsync(record);
        }
    }

    /// <summary>Begins no other attempt; completes when the last one has ended, so that a newer record is not overwritten by it.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _stopped.TrySetResult();
            return _trying;
        }
    }

    private async Task KeepAsync(LeaderRecord record)
    {
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.WhenAny(
                _stopped.Task, Task.Delay(pause, policy.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
            // Only who leads may: it would take the place of the next leader's.
            if (_stopped.Task.IsCompleted || leadership.LostReason is not null) return;
            if (await records.TryLeaveAsync(record, isSaid: false).ConfigureAwait(false)) break;
        }

        _isMissing = false;
        LeadershipLog.RecordLeft(policy.Logger, policy.Rpc.Queue);
    }
}
