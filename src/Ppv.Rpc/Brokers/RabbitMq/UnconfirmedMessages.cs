namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// The messages of a channel that the broker has not confirmed yet, in the order of their publishing, which is how it counts them
/// (https://www.rabbitmq.com/docs/confirms). Each is taken out once, by whoever knows how it ended. Safe for use by several threads.
/// </summary>
internal sealed class UnconfirmedMessages
{
    private readonly Lock _lock = new();
    private UnconfirmedMessage?[] _ring = new UnconfirmedMessage?[64];
    private ulong _first = 1, _next = 1;

    /// <summary>When the oldest one was published; <see langword="null"/> when there is none.</summary>
    public long? OldestSince
    {
        get
        {
            lock (_lock) return _first < _next ? At(_first)!.Value.Since : null;
        }
    }

    /// <summary>Adds the message that is about to be published.</summary>
    public void Add(in UnconfirmedMessage message)
    {
        lock (_lock)
        {
            if (_next - _first == (ulong)_ring.Length) Grow();
            At(_next++) = message;
        }
    }

    /// <summary>Takes the last one back, which was not published after all: the next one has its number.</summary>
    /// <returns><see langword="false"/> when it was taken out meanwhile.</returns>
    public bool TryTakeBack(out UnconfirmedMessage message)
    {
        lock (_lock)
        {
            _next--;
            var isThere = TryTakeOut(_next, out message);
            _first = Math.Min(_first, _next);
            return isThere;
        }
    }

    /// <summary>Takes one out that the broker has answered for.</summary>
    /// <param name="number">The number in the broker's answer, from 1 in the order of publishing.</param>
    /// <param name="multiple">
    /// Whether it answers for all up to there, and with 0 for all that there are: then to be called until there are no more.
    /// </param>
    /// <param name="message">The message.</param>
    public bool TryTake(ulong number, bool multiple, out UnconfirmedMessage message)
    {
        lock (_lock)
        {
            message = default;
            if (multiple) return (_first <= number || number == 0) && TryTakeFirst(out message);
            return _first <= number && number < _next && TryTakeOut(number, out message);
        }
    }

    /// <summary>Takes the oldest one out that was published to a queue under a correlation id.</summary>
    public bool TryTake(string queue, string? correlationId, out UnconfirmedMessage message)
    {
        lock (_lock)
        {
            for (var number = _first; number < _next; number++)
            {
                if (At(number) is { } found && found.Queue == queue && found.CorrelationId == correlationId)
                    return TryTakeOut(number, out message);
            }
        }

        message = default;
        return false;
    }

    /// <summary>Takes the oldest one out, if it was published then or before.</summary>
    public bool TryTakeSince(long timestamp, out UnconfirmedMessage message)
    {
        lock (_lock)
        {
            message = default;
            return _first < _next && At(_first)!.Value.Since <= timestamp && TryTakeFirst(out message);
        }
    }

    private bool TryTakeFirst(out UnconfirmedMessage message)
    {
        message = default;
        return _first < _next && TryTakeOut(_first, out message);
    }

    private bool TryTakeOut(ulong number, out UnconfirmedMessage message)
    {
        ref var place = ref At(number);
        var found = place;
        place = null;
        while (_first < _next && At(_first) is null) _first++;
        message = found.GetValueOrDefault();
        return found is not null;
    }

    private ref UnconfirmedMessage? At(ulong number) => ref _ring[number % (ulong)_ring.Length];

    private void Grow()
    {
        var larger = new UnconfirmedMessage?[_ring.Length * 2];
        for (var number = _first; number < _next; number++) larger[number % (ulong)larger.Length] = At(number);
        _ring = larger;
    }
}

/// <summary>A message whose publishing has not ended.</summary>
/// <param name="Queue">Where it goes.</param>
/// <param name="CorrelationId">Its correlation id.</param>
/// <param name="Listener">To be told how it ended.</param>
/// <param name="Since">When it was published.</param>
/// <param name="Alarms">How often the broker's alarm had changed by then.</param>
internal readonly record struct UnconfirmedMessage(
    string Queue, string? CorrelationId, IPublishListener Listener, long Since, int Alarms);
