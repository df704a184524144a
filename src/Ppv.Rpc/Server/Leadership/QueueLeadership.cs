using System.Globalization;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// The right to work on a queue alone, as far as this side can know. It stands while its connection proves itself often enough; once lost
/// it stays lost. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Time is measured by two clocks and the longer one counts, because a suspended machine stops the monotonic one, and the other one may be
/// set back.
/// </remarks>
internal sealed class QueueLeadership
{
    private readonly Lock _lock = new();
    private readonly string _queue;
    private readonly Task<string> _connectionLost;
    private readonly TimeSpan _limit;
    private readonly Action<string> _onUnproven;
    private readonly TimeProvider _timeProvider;
    private (long Timestamp, DateTimeOffset Utc) _proof;
    private (long Timestamp, DateTimeOffset Utc) _sample;
    private string? _lost;

    /// <param name="queue">What is led, such as <c>queue prod.ppv.kfs on kfs-gax:5672</c>.</param>
    /// <param name="connectionLost">Completes with the reason when the connection is gone, and the leadership with it.</param>
    /// <param name="limit">How old the last proof may be.</param>
    /// <param name="onUnproven">Told once, with the reason, when it is found lost for want of a proof.</param>
    /// <param name="timeProvider">Both clocks. It is taken to be proven now.</param>
    public QueueLeadership(string queue, Task<string> connectionLost, TimeSpan limit, Action<string> onUnproven, TimeProvider timeProvider)
    {
        (_queue, _connectionLost, _limit, _onUnproven, _timeProvider) = (queue, connectionLost, limit, onUnproven, timeProvider);
        _proof = _sample = Now;
    }

    /// <summary>Who leads, and what.</summary>
    public string Holder => $"this server, leader of {_queue}";

    /// <summary>When it was acquired.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>
    /// Since when no other server can have had this queue's requests; <see langword="null"/> when that is not known. Set when it was taken
    /// over.
    /// </summary>
    public Tenure? Alone { get; set; }

    /// <summary>Why it is lost; <see langword="null"/> while it stands.</summary>
    public string? LostReason
    {
        get
        {
            string reason;
            lock (_lock)
            {
                if (_lost is not null) return _lost;
                if (_connectionLost is { IsCompletedSuccessfully: true, Result: var gone })
                    return _lost = $"The connection is gone, and with it the leadership of {_queue} ({gone}).";
                if (Age() is var age && age <= _limit) return null;
                reason = _lost = string.Create(CultureInfo.InvariantCulture,
                    $"The leadership of {_queue}, held since {Since.UtcDateTime:T} UTC, has not been proved for {age.TotalSeconds:0.0} s, ")
                    + "longer than Ppv:Broker:Heartbeat allows; another server may lead by now.";
            }

            _onUnproven(reason);
            return reason;
        }
    }

    /// <summary>The broker answered something that was asked at this timestamp, or later.</summary>
    public void Prove(long askedAt)
    {
        lock (_lock)
        {
            // Time that only one clock has counted since the last look may lie between question and answer.
            var now = Now;
            var unseen = now.Utc - _sample.Utc - _timeProvider.GetElapsedTime(_sample.Timestamp, now.Timestamp);
            _sample = now;
            if (askedAt <= _proof.Timestamp) return;
            _proof = (askedAt, now.Utc - _timeProvider.GetElapsedTime(askedAt, now.Timestamp) - Longer(unseen, TimeSpan.Zero));
        }
    }

    /// <summary>It is lost; the first reason is kept.</summary>
    public void Lose(string reason)
    {
        lock (_lock) _lost ??= reason;
    }

    /// <summary>Whether it was proved less than this time ago, lost since or not.</summary>
    public bool WasProvedWithin(TimeSpan time)
    {
        lock (_lock) return Age() < time;
    }

    private (long Timestamp, DateTimeOffset Utc) Now => (_timeProvider.GetTimestamp(), _timeProvider.GetUtcNow());

    private TimeSpan Age()
    {
        var now = Now;
        return Longer(_timeProvider.GetElapsedTime(_proof.Timestamp, now.Timestamp), now.Utc - _proof.Utc);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => new(Math.Max(one.Ticks, other.Ticks));
}
