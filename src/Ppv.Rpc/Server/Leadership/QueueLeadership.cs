using System.Globalization;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// The right to work on a queue alone, as far as this side can know. It stands while it is proved often enough; once lost it stays lost.
/// Safe for use by several threads.
/// </summary>
/// <remarks>
/// Where the broker refuses a second consumer, the connection is the proof: nobody else leads while it stands. Where the queue chooses its
/// consumer by itself (<see cref="Brokers.ConsumerKind.SingleActive"/>) it may choose another one without a word, so that a connection
/// proves nothing: being served does.
/// <para>Time is measured by two clocks and the longer one counts, because a suspended machine stops the monotonic one, and the other one
/// may be set back.</para>
/// </remarks>
internal sealed class QueueLeadership
{
    private readonly Lock _lock = new();
    private readonly string _queue;
    private readonly Task<string> _connectionLost;
    private readonly bool _isByService;
    private readonly Action<string> _onUnproven;
    private readonly TimeProvider _timeProvider;
    private ClockReading _proof;
    private ClockReading _sample;
    private ClockReading? _alarmEnded;
    private bool _isInAlarm;
    private (ClockReading From, TimeSpan After)? _end;
    private string? _lost;

    /// <param name="queue">What is led, such as <c>queue prod.ppv.kfs on kfs-gax:5672</c>.</param>
    /// <param name="connectionLost">Completes with the reason when the connection is gone, and the leadership with it.</param>
    /// <param name="limit">How old the last proof may be.</param>
    /// <param name="isByService">Whether only being served proves it.</param>
    /// <param name="onUnproven">Told once, with the reason, when it is found lost although the connection is there.</param>
    /// <param name="timeProvider">Both clocks. It is taken to be proven now.</param>
    public QueueLeadership(
        string queue, Task<string> connectionLost, TimeSpan limit, bool isByService, Action<string> onUnproven, TimeProvider timeProvider)
    {
        (_queue, _connectionLost, Limit, _isByService, _onUnproven, _timeProvider) =
            (queue, connectionLost, limit, isByService, onUnproven, timeProvider);
        _proof = _sample = ClockReading.Now(timeProvider);
    }

    /// <summary>How old the last proof may be, and so how long it can stand after somebody else was chosen.</summary>
    public TimeSpan Limit { get; }

    /// <summary>Who leads, and what.</summary>
    public string Holder => $"this server, leader of {_queue}";

    /// <summary>When it was acquired.</summary>
    public DateTimeOffset Since { get; set; }

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
                if (_end is { } end && LongestSince(end.From) > end.After)
                    return _lost = $"The time to hand {_queue} over (Ppv:Rpc:DrainTimeout) has passed.";
                if (_isInAlarm || (LongestSince(_proof) is var age && age <= Limit)) return null;
                if (_alarmEnded is { } over && LongestSince(over) <= Limit) return null; // As HeldUpReason says.
                reason = _lost = string.Create(CultureInfo.InvariantCulture,
                    $"The leadership of {_queue}, held since {Since.UtcDateTime:T} UTC, has not been proved for {age.TotalSeconds:0.0} s, ")
                    + string.Create(CultureInfo.InvariantCulture,
                        $"longer than the heartbeat of {Limit.TotalSeconds:0.###} s that was agreed on with the broker allows; ")
                    + "another server may lead by now.";
            }

            _onUnproven(reason);
            return reason;
        }
    }

    /// <summary>
    /// Why nothing may be done under it for now, although it is not lost: the broker was in an alarm for so long that the last proof is too
    /// old, and a newer one is on its way. <see langword="null"/> while it may.
    /// </summary>
    public string? HeldUpReason
    {
        get
        {
            lock (_lock)
                return (_isInAlarm || _alarmEnded is not null) && LongestSince(_proof) > Limit
                    ? $"The leadership of {_queue} is being proved anew after an alarm of the broker."
                    : null;
        }
    }

    /// <summary>
    /// The broker's alarm began or ended. During one nothing can be proved, and the connection is not given up for that by either side.
    /// Where only being served is a proof, somebody else may be served meanwhile: there it changes nothing.
    /// </summary>
    public void Alarm(bool isOn)
    {
        if (_isByService || LostReason is not null) return;
        lock (_lock)
        {
            if (_isInAlarm && !isOn) _alarmEnded = ClockReading.Now(_timeProvider);
            _isInAlarm = isOn;
        }
    }

    /// <summary>
    /// The broker answered something that was asked over the connection at this timestamp, or later. Says nothing where only being served
    /// is a proof, before it is released.
    /// </summary>
    public void Prove(long askedAt)
    {
        lock (_lock)
        {
            if (_isByService && _end is null) return;
            // Time that only one clock has counted since the last look may lie between question and answer.
            var now = ClockReading.Now(_timeProvider);
            var unseen = now.Utc - _sample.Utc - _timeProvider.GetElapsedTime(_sample.Timestamp, now.Timestamp);
            _sample = now;
            if (askedAt <= _proof.Timestamp) return;
            if (_alarmEnded is { } over && askedAt >= over.Timestamp) _alarmEnded = null;
            _proof = new ClockReading(
                now.Utc - _timeProvider.GetElapsedTime(askedAt, now.Timestamp) - Longer(unseen, TimeSpan.Zero), askedAt);
        }
    }

    /// <summary>
    /// The queue serves this server: it acquires the leadership, proven when that was asked for.
    /// </summary>
    public void Begin(ClockReading askedAt)
    {
        lock (_lock) (_proof, _sample, Since) = (askedAt, ClockReading.Now(_timeProvider), _timeProvider.GetUtcNow());
    }

    /// <summary>
    /// The queue still serves this server: what was asked for at this moment has come. A proof that comes too late is none, for the queue
    /// may have served somebody else meanwhile.
    /// </summary>
    public void ProveServed(ClockReading askedAt)
    {
        if (LostReason is not null) return;
        lock (_lock)
        {
            if (askedAt.Timestamp > _proof.Timestamp) _proof = askedAt;
        }
    }

    /// <summary>The queue has served somebody else meanwhile.</summary>
    public void LosePlace()
    {
        var reason = $"The queue has served another server in between, so that the leadership of {_queue} has to be taken over anew.";
        lock (_lock)
        {
            if (_lost is not null) return;
            _lost = reason;
        }

        _onUnproven(reason);
    }

    /// <summary>
    /// The next leader was told to wait until this one is done: from now on the connection is proof enough, and the right ends by itself.
    /// </summary>
    /// <param name="from">A moment before it was told.</param>
    /// <param name="after">How long after that moment the right ends, before the next one waits no longer.</param>
    public void Release(ClockReading from, TimeSpan after)
    {
        lock (_lock) _end ??= (from, after);
    }

    /// <summary>It is lost; the first reason is kept.</summary>
    public void Lose(string reason)
    {
        lock (_lock) _lost ??= reason;
    }

    /// <summary>Whether it was proved less than this time ago, lost since or not.</summary>
    public bool WasProvedWithin(TimeSpan time)
    {
        lock (_lock) return LongestSince(_proof) < time;
    }

    private TimeSpan LongestSince(ClockReading moment)
    {
        var now = ClockReading.Now(_timeProvider);
        return Longer(_timeProvider.GetElapsedTime(moment.Timestamp, now.Timestamp), now.Utc - moment.Utc);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => new(Math.Max(one.Ticks, other.Ticks));
}
