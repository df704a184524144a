using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Messages;

namespace Ppv.Rpc.Client;

/// <summary>
/// The requests that wait for an answer, by correlation id; bounded, and each until its deadline. Whoever removes an entry settles it, so
/// each is settled once. Knows the latest ones that were given up, too, so that an answer that still comes finds its request. Safe for use
/// by several threads.
/// </summary>
/// <param name="limit">How many may wait.</param>
/// <param name="timeProvider">The clock; one timer of it serves all deadlines.</param>
/// <param name="remembered">How many of those that were given up are known.</param>
/// <param name="sharePercent">See <see cref="PendingRoom"/>.</param>
internal sealed class PendingRequests(int limit, TimeProvider timeProvider, int remembered = 10_000, int sharePercent = 100)
{
    /// <summary>What a timer can count; a later deadline is looked at again then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1), ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly PendingRoom _room = new(limit, sharePercent);
    private readonly Dictionary<ulong, PendingRequest> _requests = [];
    private readonly Dictionary<ulong, (string Id, bool ByItsCaller)> _givenUp = [];
    private readonly Queue<ulong> _givenUpInOrder = [];
    private readonly CorrelationIds _ids = new();
    private ulong _lastNumber;
    private ITimer? _timer;
    private long _wakesAt = long.MaxValue;

    public int Count
    {
        get
        {
            lock (_lock) return _requests.Count;
        }
    }

    /// <summary>Adds a request.</summary>
    /// <param name="session">The session it is sent on.</param>
    /// <param name="id">The request's id, to be known by when it was given up.</param>
    /// <param name="left">How long it may wait; then it is settled with <see cref="PendingRequest.TimedOut"/>.</param>
    /// <param name="request">The request, under a new correlation id.</param>
    /// <param name="client">See <see cref="RpcRequest.CountsFor"/>.</param>
    /// <param name="rank">See <see cref="RpcRequest.Rank"/>.</param>
    /// <param name="isQuestion">See <see cref="PendingRoom.TryEnter"/>.</param>
    /// <returns><see langword="false"/> when as many wait as may.</returns>
    public bool TryAdd(
        object session, string id, TimeSpan left, [NotNullWhen(true)] out PendingRequest? request, string? client = null,
        RequestRank rank = RequestRank.GoesOn, bool isQuestion = false)
    {
        lock (_lock)
        {
            request = null;
            var now = timeProvider.GetTimestamp();
            if (!_room.TryEnter(client, rank, timeProvider.GetElapsedTime(0, now), isQuestion)) return false;
            var endsAt = now + (long)Math.Min(left.TotalSeconds * timeProvider.TimestampFrequency, long.MaxValue / 2);
            request = new PendingRequest(this, ++_lastNumber, _ids.Of(_lastNumber), session, id, endsAt)
            {
                Client = client,
                Rank = rank,
            };
            _requests.Add(_lastNumber, request);
            if (endsAt < _wakesAt) WakeAt(endsAt, now);
            return true;
        }
    }

    /// <summary>Settles a request with its answer.</summary>
    /// <returns><see langword="false"/> when no such request waits (any more).</returns>
    public bool TrySettle(string? correlationId, RpcReply reply) =>
        _ids.TryRead(correlationId, out var number) && TryTake(number, out var request) && request.Settle(reply);

    /// <summary>Settles a request that has no answer, where it still waits, and goes on to know it.</summary>
    /// <returns>Whether it still waited.</returns>
    public bool GiveUp(PendingRequest request, RpcReply reply)
    {
        lock (_lock)
        {
            if (!Remove(request)) return false;
            Remember(request, byItsCaller: ReferenceEquals(reply, PendingRequest.Cancelled));
        }

        return request.Settle(reply);
    }

    /// <summary>Settles every request that was sent on a session.</summary>
    public void SettleAll(object session, RpcReply reply)
    {
        List<PendingRequest> taken;
        lock (_lock)
        {
            taken = [.. _requests.Values.Where(request => ReferenceEquals(request.Session, session))];
            foreach (var request in taken)
            {
                Remove(request);
                Remember(request);
            }
        }

        foreach (var request in taken) request.Settle(reply);
    }

    /// <summary>The id of a request that was given up, once, and whether its caller did that.</summary>
    public (string Id, bool ByItsCaller)? TakeLate(string? correlationId)
    {
        if (!_ids.TryRead(correlationId, out var number)) return null;
        lock (_lock) return _givenUp.Remove(number, out var late) ? late : null;
    }

    private bool TryTake(ulong number, [NotNullWhen(true)] out PendingRequest? request)
    {
        lock (_lock) return _requests.TryGetValue(number, out request) && Remove(request);
    }

    private bool Remove(PendingRequest request)
    {
        var wasThere = _requests.Remove(request.Number);
        if (wasThere) _room.Leave(request.Client, request.Rank);
        return wasThere;
    }

    /// <summary>One timer for all: the soonest deadline of those that wait when it is set.</summary>
    private void WakeAt(long endsAt, long now)
    {
        _wakesAt = endsAt;
        var wait = timeProvider.GetElapsedTime(now, endsAt);
        _timer ??= timeProvider.CreateTimer(
            static requests => ((PendingRequests)requests!).EndOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait, Timeout.InfiniteTimeSpan);
    }

    private void EndOverdue()
    {
        List<PendingRequest> overdue = [];
        lock (_lock)
        {
            var now = timeProvider.GetTimestamp();
            _wakesAt = long.MaxValue;
            foreach (var request in _requests.Values)
            {
                if (request.EndsAt <= now) overdue.Add(request);
                else _wakesAt = Math.Min(_wakesAt, request.EndsAt);
            }

            foreach (var request in overdue)
            {
                Remove(request);
                Remember(request);
            }

            if (_wakesAt < long.MaxValue) WakeAt(_wakesAt, now);
        }

        foreach (var request in overdue) request.Settle(PendingRequest.TimedOut);
    }

    private void Remember(PendingRequest request, bool byItsCaller = false)
    {
        _givenUp[request.Number] = (request.Id, byItsCaller);
        _givenUpInOrder.Enqueue(request.Number);
        if (_givenUpInOrder.Count > remembered) _givenUp.Remove(_givenUpInOrder.Dequeue());
    }
}

/// <summary>One request that waits for its answer. Awaited once.</summary>
internal sealed class PendingRequest(
    PendingRequests table, ulong number, string correlationId, object session, string id, long endsAt)
    : IValueTaskSource<RpcReply>, IPublishListener
{
    /// <summary>Stands for the answer of a request whose time was over.</summary>
    public static readonly RpcReply TimedOut = RpcReply.WithoutBody(RpcOutcome.Unknown, "No answer came in time.");

    /// <summary>Stands for the answer of a request that its caller gave up.</summary>
    public static readonly RpcReply Cancelled = RpcReply.WithoutBody(RpcOutcome.Unknown, "Its caller gave up.");

    private ManualResetValueTaskSourceCore<RpcReply> _reply = new() { RunContinuationsAsynchronously = true };

    /// <summary>Its number in the table, which is in its correlation id.</summary>
    public ulong Number => number;

    public object Session => session;

    public string? Client { get; init; }

    public RequestRank Rank { get; init; }

    /// <summary>What it is known by when it was given up.</summary>
    public string Id => id;

    /// <summary>The timestamp of its deadline.</summary>
    public long EndsAt => endsAt;

    public string CorrelationId => correlationId;

    /// <summary>That the broker gave it back; to be read when it is settled.</summary>
    public NotSent? Returned { get; private set; }

    /// <summary>The answer, or what stands for it; to be awaited once.</summary>
    public ValueTask<RpcReply> ReplyAsync() => new(this, _reply.Version);

    /// <summary>Settles it with what stands for its answer, where it still waits.</summary>
    public bool GiveUp(RpcReply reply) => table.GiveUp(this, reply);

    /// <summary>A reply implies that the request was published, so nobody waits for this.</summary>
    void IPublishListener.OnConfirmed()
    {
    }

    /// <summary>A request that was returned or not confirmed needs no waiting for its reply.</summary>
    void IPublishListener.OnNotConfirmed(NotConfirmedException reason)
    {
        var told = reason.IsReturned
            ? Reason.Of("No queue took it.", $"{reason.Message}.")
            : Reason.Of("The broker did not confirm the message.", $"{reason.Message}.");
        if (reason.IsReturned) Returned = new NotSent(told);
        GiveUp(RpcReply.WithoutBody(RpcOutcome.Unknown, told)); // What was not confirmed may be answered all the same.
    }

    /// <summary>For the table, which has removed it.</summary>
    internal bool Settle(RpcReply reply)
    {
        _reply.SetResult(reply);
        return true;
    }

    RpcReply IValueTaskSource<RpcReply>.GetResult(short token) => _reply.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<RpcReply>.GetStatus(short token) => _reply.GetStatus(token);

    void IValueTaskSource<RpcReply>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reply.OnCompleted(continuation, state, token, flags);
}
