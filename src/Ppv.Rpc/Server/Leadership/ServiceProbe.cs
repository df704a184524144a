using System.Globalization;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// Finds out whether the queue serves this server, where the queue chooses its consumer by itself: it sends itself messages through the
/// queue. The first one that comes back acquires the leadership, each later one proves it. A queue keeps their order: where one is left
/// out, somebody else got it, and the leadership is lost. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Whoever else gets such a message drops it. So that none of them waits behind requests, the consumer takes as many as there may be.
/// </remarks>
internal sealed class ServiceProbe(IBrokerConnection connection, LeadershipPolicy policy, QueueLeadership leadership)
{
    /// <summary>The <see cref="BrokerMessage.Type"/> of these messages. Never a request.</summary>
    public const string MessageType = "ppv.served";

    /// <summary>Of those that came to nobody, or to somebody else, no more than this are remembered.</summary>
    private const int MostUnderWay = 64;

    private readonly string _token = Guid.NewGuid().ToString("N");
    private readonly Lock _lock = new(), _sending = new(), _taking = new();
    private readonly Queue<(long Number, ClockReading SentAt)> _underWay = new();
    private readonly TaskCompletionSource _acquired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _pause = connection.ProbePause(policy.Broker);
    private TaskCompletionSource? _sure;
    private long _last, _sureFrom;
    private bool _hasBegun, _hasHurried;
    private volatile bool _isStopped;

    /// <summary>Completes when the queue has served this server.</summary>
    public Task Acquired => _acquired.Task;

    /// <summary>Sends one again and again, and looks whether the leadership still stands, until it is stopped or lost.</summary>
    public async Task RunAsync()
    {
        while (!_isStopped && !connection.Lost.IsCompleted)
        {
            // In an alarm nothing can be proved, and nothing is begun. What was lost for that is found when it is over.
            if (connection.BlockedReason is null)
            {
                if (Acquired.IsCompleted && leadership.LostReason is not null) return;
                Send();
            }

            await Task.WhenAny(
                connection.Lost, Task.Delay(_pause, policy.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>Sends no more; to be called before the consumer is cancelled.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Sends one now, if nothing was served yet: somebody's message has come, so that it is this server's turn.</summary>
    public void Hurry()
    {
        lock (_lock)
        {
            if (_hasBegun || _hasHurried || _isStopped) return;
            _hasHurried = true; // Not for each of those that come at once.
        }

        Send();
    }

    /// <summary>Whether the queue serves this server after this call has begun.</summary>
    /// <param name="limit">How long to wait for it.</param>
    public async Task<bool> IsServedNowAsync(TimeSpan limit)
    {
        TaskCompletionSource sure;
        lock (_lock)
        {
            _sure = sure = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _sureFrom = _last + 1;
        }

        Send();
        try
        {
            await Task.WhenAny(sure.Task, connection.Lost).WaitAsync(limit, policy.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }

        return sure.Task.IsCompleted && leadership.LostReason is null;
    }

    /// <summary>Takes a message of this type that came from the queue: one by one, so that none proves what is not begun.</summary>
    public void Take(BrokerMessage message)
    {
        lock (_taking) TakeNext(message);
    }

    private void TakeNext(BrokerMessage message)
    {
        if (message.CorrelationId is not { } id || !id.StartsWith(_token, StringComparison.Ordinal)
            || !long.TryParse(id.AsSpan(_token.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return;
        ClockReading? sentAt = null;
        bool isFirst, isSure, isLeftOut = false;
        lock (_lock)
        {
            while (_underWay.TryPeek(out var next) && next.Number <= number)
            {
                _underWay.Dequeue();
                if (next.Number == number) sentAt = next.SentAt;
                else isLeftOut = _hasBegun;
            }

            if (sentAt is null) return;
            (isFirst, _hasBegun) = (!_hasBegun, true);
            isSure = number >= _sureFrom;
        }

        if (isLeftOut) leadership.LosePlace();
        if (isFirst) leadership.Begin(sentAt.Value);
        else leadership.ProveServed(sentAt.Value);
        _acquired.TrySetResult();
        if (isSure) _sure?.TrySetResult();
    }

    private void Send()
    {
        lock (_sending) Publish(Next()); // In the order of their numbers, whoever sends them.
    }

    private long Next()
    {
        lock (_lock)
        {
            // Before it is published: what it proves is proven for then.
            _underWay.Enqueue((++_last, ClockReading.Now(policy.TimeProvider)));
            if (_underWay.Count > MostUnderWay) _underWay.Dequeue();
            return _last;
        }
    }

    private void Publish(long number) =>
        connection.Publish(policy.Rpc.Queue, new BrokerMessage
        {
            Body = ReadOnlyMemory<byte>.Empty,
            Type = MessageType,
            CorrelationId = string.Create(CultureInfo.InvariantCulture, $"{_token}{number}"),
            // Later it would prove nothing to anybody.
            Expiration = leadership.Limit,
        }, Unheard.Instance);

    /// <summary>How it ends shows in whether it comes.</summary>
    private sealed class Unheard : IPublishListener
    {
        public static readonly Unheard Instance = new();

        public void OnConfirmed()
        {
        }

        public void OnNotConfirmed(NotConfirmedException reason)
        {
        }
    }
}
