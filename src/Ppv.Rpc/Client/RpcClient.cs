using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Client;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Connection;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Presence;

namespace Ppv.Rpc;

/// <summary>
/// Sends requests to a queue and waits for their answers, over one connection that it keeps by itself. Safe for use by several threads.
/// </summary>
/// <remarks>
/// A request is published with <c>mandatory</c>, a confirm, a deadline and an <c>expiration</c>; the answer comes to an exclusive queue
/// that lives and dies with the connection (contract §2). When the connection is lost every waiting request ends at once, with its outcome
/// unknown.
/// </remarks>
public sealed class RpcClient : IBrokerSwitch, ISessionOwner<ClientSession>, IAsyncDisposable, IDisposable
{
    private readonly RpcOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly StrangersLog _strangers;
    private readonly PlainLogger _logger;
    private readonly ClientIdentity _identity;
    private readonly PendingRequests _pending;
    private readonly ConnectionSupervisor<ClientSession> _supervisor;
    private readonly EventDispatcher _lateReplies;
    private readonly IDisposable _observation;
    private readonly PresenceMember _presence;
    private volatile bool _stopped;

    /// <summary>Makes a client; it connects at the first request, or when started.</summary>
    /// <param name="broker">The hosts. Not to be changed afterwards.</param>
    /// <param name="rpc">The queue and the time-outs. Not to be changed afterwards.</param>
    /// <param name="loggerFactory">For the log; none by default.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public RpcClient(BrokerOptions broker, RpcOptions rpc, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : this(null, broker, rpc, loggerFactory, timeProvider)
    {
    }

    internal RpcClient(
        IBrokerDialer? dialer, BrokerOptions broker, RpcOptions rpc, ILoggerFactory? loggerFactory, TimeProvider? timeProvider,
        PresenceSource? presence = null, ClientIdentity? identity = null)
    {
        RpcRules.ThrowIfInvalid(broker, rpc);
        _identity = identity ?? ClientIdentity.Only;
        _options = rpc;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = _identity.LoggerOf<RpcClient>(loggerFactory);
        _strangers = new StrangersLog(_logger, _timeProvider);
        _pending = new PendingRequests(rpc.MaxPendingRequests, _timeProvider, sharePercent: rpc.ClientSharePercent);
        _observation = RpcTelemetry.ObservePending(() => _pending.Count, _identity);
        _presence = new PresenceMember(presence ?? new PresenceSource(Role), rpc.QueueNames, _logger, _timeProvider);
        _supervisor = new ConnectionSupervisor<ClientSession>(
            dialer ?? new RabbitMqDialer(broker, _timeProvider, _logger), broker, broker.ParseHosts(), "client",
            this, _logger, _timeProvider, _identity);
        var hostEvents = new EventDispatcher(nameof(HostChanged), _logger);
        _supervisor.HostChanged += (_, change) => hostEvents.Raise(HostChanged, this, change);
        _lateReplies = new EventDispatcher(nameof(LateReply), _logger);
    }

    /// <summary>Whether requests can pass, and if not, why.</summary>
    public ConnectionStatus Status => _supervisor.Status;

    /// <summary>Ends when the client was stopped; faults with <see cref="BrokerGaveUpException"/> when it gave up connecting.</summary>
    public Task Completion => _supervisor.Completion;

    /// <summary>See <see cref="ConnectionSupervisor{TSession}.IsHanging"/>.</summary>
    internal bool IsHanging => _supervisor.IsHanging;

    /// <summary>See <see cref="ConnectionSupervisor{TSession}.Connection"/>.</summary>
    internal IBrokerConnection? Connection => _supervisor.Connection;

    /// <inheritdoc/>
    public string Role => "client";

    /// <inheritdoc/>
    public IReadOnlyList<BrokerHostStatus> Hosts => _supervisor.Hosts;

    /// <inheritdoc/>
    public event EventHandler<BrokerHostChangedEventArgs>? HostChanged;

    /// <summary>How many requests wait for an answer now.</summary>
    public int PendingRequests => _pending.Count;

    /// <summary>Who is named when it is used after its end, where it is a part of something.</summary>
    internal object? Owner { get; init; }

    /// <summary>Whether it was disposed of.</summary>
    internal bool IsStopped => _stopped;

    /// <summary>Connects in the background. Calling it again does nothing.</summary>
    public void Start() => _supervisor.Start();

    /// <inheritdoc/>
    public Task SwitchToAsync(BrokerHost host, CancellationToken cancellationToken = default) =>
        _supervisor.SwitchToAsync(host, cancellationToken);

    /// <summary>
    /// An answer came for a request that had ended without it; not raised for strangers' messages. Raised one at a time, in order, on a
    /// thread of the pool: a slow handler holds up later ones of these events, and nothing else. When 1,000 wait the oldest are dropped.
    /// What a handler throws is logged.
    /// </summary>
    public event EventHandler<LateReplyEventArgs>? LateReply;

    /// <summary>Sends a request and waits for its answer until its deadline.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting. What was published by then goes on.</param>
    /// <returns>
    /// The server's answer, or, without a text, what is known when there is none: <see cref="RpcOutcome.NotExecuted"/> when nothing was
    /// published or the broker gave the message back, and the request's id is <see cref="IdHistory.New"/>; else
    /// <see cref="RpcOutcome.Unknown"/>.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The request has no id, or its <see cref="RpcRequest.Deadline"/> is more than 10 min ahead of this machine's clock; nothing was sent.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    public async Task<RpcReply> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(request.Id);
        ObjectDisposedException.ThrowIf(_stopped, Owner ?? this);
        var limit = LimitOf(request);
        Start();

        using var call = ClientCall.Start(request, QueueOf(request), _identity, _timeProvider);
        var (history, before) = (request.History, (RpcReply?)null);
        var connectBy = ConnectBy(limit);
        for (ClientSession? lost = null; ;)
        {
            var sentAt = _timeProvider.GetUtcNow();
            var attempt = await AttemptAsync(
                before is null ? request : request with { History = history }, call, limit, connectBy, isAgain: before is not null, lost,
                cancellationToken).ConfigureAwait(false);
            lost = attempt.Session;
            if (lost is not null && (!attempt.IsPublished || (request.ResendAfterLoss && lost.MayResend)) && !_stopped
                && limit.Left(_timeProvider) > TimeSpan.Zero)
            {
                if (!attempt.IsPublished) continue;
                ClientLog.SentAgain(_logger, request.Id, attempt.Reply!.Logged);
                RpcTelemetry.Resends.Add(1, _identity.Tags());
                (history, before, connectBy) = (history.SentAt(sentAt), attempt.Reply, ConnectBy(limit));
                continue;
            }

            var reply = attempt.Reply ?? before ?? ToReply(attempt.NotSent, history);
            call?.End(reply);
            return reply;
        }
    }

    /// <summary>The one place where that an attempt was not sent becomes an answer.</summary>
    private static RpcReply ToReply(NotSent attempt, IdHistory history)
    {
        var (outcome, reason) = attempt.Tell(NewId.Of(history));
        return RpcReply.WithoutBody(outcome, reason);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Attempt> AttemptAsync(
        RpcRequest request, ClientCall? call, TimeLimit limit, TimeLimit connectBy, bool isAgain, ClientSession? lost,
        CancellationToken cancellationToken)
    {
        var (session, reason) = await WaitForSessionAsync(connectBy, lost, cancellationToken).ConfigureAwait(false);
        if (session is null) return Attempt.NotPublished(reason);
        if (!session.TryUse(limit)) return Attempt.NotPublished(Reason.Of("Another host is in use by now."), session);
        PendingRequest? pending = null;
        try
        {
            var left = RpcRules.Bounded(limit.Left(_timeProvider));
            if (left <= TimeSpan.Zero)
                return Attempt.NotPublished(Reason.Of("The connection to the broker came too late."));
            var client = request.CountsFor ?? request.Owner;
            if (!_pending.TryAdd(
                session, request.Id, left, out pending, client, request.Rank, isQuestion: request.Type is not null && client is null))
                return Attempt.NotPublished(Reason.Of("As many requests are waiting as may (Ppv:Rpc:MaxPendingRequests)."));
            // Lost after it was found and before it is in the table: the sweep of this session may be over, so nobody else would settle the
            // request.
            if (session.Connection.Lost.IsCompleted)
                return Attempt.NotPublished(Reason.Of("The connection to the broker was lost just before the request was sent."), session);
            cancellationToken.ThrowIfCancellationRequested();
            ClientLog.Published(_logger, request.Id, QueueOf(request), pending.CorrelationId, request.Body.Length);
            call?.Attempt(session.Connection.Host, pending.CorrelationId, isAgain);
            Publish(session, request, call, pending, left);
            RpcReply reply;
            using (cancellationToken.UnsafeRegister(static given => ((PendingRequest)given!).GiveUp(PendingRequest.Cancelled), pending))
                reply = await pending.ReplyAsync().ConfigureAwait(false);
            if (ReferenceEquals(reply, PendingRequest.Cancelled)) throw new OperationCanceledException(cancellationToken);
            if (pending.Returned is { } returned) return Attempt.NotPublished(returned);
            if (ReferenceEquals(reply, PendingRequest.TimedOut))
            {
                return Attempt.Published(RpcReply.WithoutBody(
                    RpcOutcome.Unknown, Reason.Of($"No answer came within {left.TotalSeconds:0.#} s.")));
            }

            ClientLog.Answered(_logger, request.Id, reply.Outcome, reply.Body.Length);
            var isLost = reply is { Outcome: RpcOutcome.Unknown, Body.IsEmpty: true } && session.Connection.Lost.IsCompleted;
            return Attempt.Published(reply, isLost ? session : null);
        }
        finally
        {
            pending?.GiveUp(PendingRequest.Cancelled);
            session.EndUse();
        }
    }

    private void Publish(
        ClientSession session, RpcRequest request, ClientCall? call, PendingRequest pending, TimeSpan left) =>
        session.Connection.Publish(QueueOf(request), new BrokerMessage
        {
            Body = request.Body,
            ContentType = "application/json",
            Type = request.Type,
            MessageId = request.Id,
            CorrelationId = pending.CorrelationId,
            ReplyTo = session.ReplyAddress,
            // By the clock as it is now: it may have been set since the request came.
            Deadline = _timeProvider.GetUtcNow() + left,
            Expiration = left,
            IsPersistent = IsPersistent(request),
            History = request.History,
            Subject = request.Subject,
            Owner = request.Owner,
            TraceParent = call?.TraceParent,
            TraceState = call?.TraceState,
        }, pending);

    private string QueueOf(RpcRequest request) => request.Queue ?? _options.Queue;

    /// <summary>
    /// Orders are to outlive the broker where their queue does; inquiries are asked again. A queue that somebody else made
    /// (<see cref="QueueKind.Passive"/>) may be durable, and a transient one takes no notice. An old gateway's queue gets what an old
    /// gateway sends.
    /// </summary>
    private bool IsPersistent(RpcRequest request) => request.Type is null && _options.QueueKind != QueueKind.LegacyTransient;

    /// <summary>Until when a connection is waited for, however often it is found and lost again before anything was sent.</summary>
    private TimeLimit ConnectBy(TimeLimit limit) => TimeLimit.After(_options.ConnectionWait, _timeProvider).OrSooner(limit);

    /// <summary>Until when the request's caller waits. The clock of the day is looked at here, and not again.</summary>
    /// <exception cref="ArgumentException">Nobody waits for so long.</exception>
    private TimeLimit LimitOf(RpcRequest request)
    {
        if (request.Limit is { } limit) return limit;
        if (request.Deadline is not { } deadline) return TimeLimit.After(_options.ReplyTimeout, _timeProvider);
        var now = _timeProvider.GetUtcNow();
        if (deadline - now <= RpcRules.LongestReplyTimeout) return TimeLimit.After(deadline - now, _timeProvider);
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"{nameof(RpcRequest.Deadline)} is {deadline.UtcDateTime:u}, and this machine's clock shows {now.UtcDateTime:u}: nobody waits "
            + $"for longer than {RpcRules.LongestReplyTimeout:c}. Give an earlier deadline, or set the clock right. Nothing was sent."),
            nameof(request));
    }

    /// <summary>The session to publish on, which is not the one that was lost; or why there is none.</summary>
    private async ValueTask<(ClientSession? Session, Reason Reason)> WaitForSessionAsync(
        TimeLimit connectBy, ClientSession? lost, CancellationToken cancellationToken)
    {
        var session = await _supervisor.WaitAsync(
            connectBy.Left(_timeProvider), cancellationToken, except: lost).ConfigureAwait(false);
        if (session?.Connection.BlockedReason is { } alarm)
        {
            var blocked = session;
            session = _supervisor.IsLeaving(blocked) ? await _supervisor.WaitAsync(
                connectBy.Left(_timeProvider), cancellationToken, except: blocked).ConfigureAwait(false) : null;
            if (session is null) return (null, Reason.Of(
                "The broker takes no messages.", $"RabbitMQ on {blocked.Connection.Host} takes no messages: {alarm}."));
        }

        return session is not null ? (session, default) : (null, Reason.Of(
            "There is no connection to the broker.", $"There is no connection to the broker. {_supervisor.Status.Description}"));
    }

    /// <summary>Waits until requests can pass.</summary>
    /// <returns>Whether they can; if not, <see cref="Status"/> says why.</returns>
    internal async ValueTask<bool> ConnectAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        Start();
        return await _supervisor.WaitAsync(wait, cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <summary>See <see cref="PresenceMember.Instance"/>.</summary>
    internal Guid Instance => _presence.Instance;

    /// <summary>Who is there: see <see cref="PresenceMember.AskAsync"/>. It asks over the connection in use, and waits for none.</summary>
    /// <exception cref="BrokerException">Nobody could be asked.</exception>
    internal async Task<IReadOnlyList<PresenceReport>> AskPresenceAsync(
        TimeSpan patience, CancellationToken cancellationToken, IReadOnlyCollection<Guid>? expected = null)
    {
        var session = _supervisor.Session
            ?? throw new BrokerException($"There is no connection to the broker. {Status.Description}", needsAttention: false);
        return await _presence.AskAsync([session.Presence], patience, expected, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes no more requests, settles those that wait as unknown, and closes the connection. Calling it again does nothing.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        _observation.Dispose();
        await _supervisor.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for those who can't await. Requests that wait are settled; the connection is closed in the
    /// background.
    /// </summary>
    public void Dispose()
    {
        _stopped = true;
        _observation.Dispose();
        _ = _supervisor.DisposeAsync().AsTask();
    }

    async Task<ClientSession> ISessionOwner<ClientSession>.PrepareAsync(IBrokerConnection connection, CancellationToken cancellationToken)
    {
        foreach (var queue in _options.QueueNames)
            await connection.DeclareQueueAsync(
                new QueueDeclaration(queue, _options.QueueKind, _options.MessageTtl, _options.SingleActiveConsumer ?? true),
                cancellationToken).ConfigureAwait(false);
        return new ClientSession(connection, await PresenceConnection.OpenAsync(
            connection, _options.ReplyQueueKind, _presence, () => new PresenceState(null, Status), OnReply, cancellationToken)
            .ConfigureAwait(false));
    }

    private void OnReply(BrokerMessage message)
    {
        var reply = message.Outcome is { } outcome
            ? new RpcReply(message.Body, outcome, message.Reason) { Prior = message.Prior }
            : new RpcReply(message.Body, RpcOutcome.Unknown, "The server did not say how the request ended.") { IsOutcomeMissing = true };
        if (_pending.TrySettle(message.CorrelationId, reply)) return;
        RpcTelemetry.LateReplies.Add(1, _identity.Tags());
        if (_pending.TakeLate(message.CorrelationId) is not { } late)
        {
            ClientLog.StrangeReply(_strangers, message.CorrelationId);
            return;
        }

        // Who hangs up over and over is nobody's trouble; an answer that came too late for its caller may be.
        var log = late.ByItsCaller ? _strangers : _strangers.Many;
        ClientLog.LateReply(log, late.Id, reply.Outcome, Encoding.UTF8.GetString(reply.Body.Span).TrimEnd());
        _lateReplies.Raise(LateReply, this, new LateReplyEventArgs(late.Id, reply));
    }

    /// <summary>
    /// The requests of a session that is not in use any more end where they were begun, each at its own deadline at the latest.
    /// </summary>
    async Task ISessionOwner<ClientSession>.RetireAsync(ClientSession session)
    {
        try
        {
            var unused = session.RetireAsync();
            var left = RpcRules.Bounded(session.LastLimit.Left(_timeProvider));
            await unused.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Each request ends by its own deadline; one that has not is about to.
        }
    }

    /// <summary>A broker that came back before its workers did would only keep the orders until they expire.</summary>
    async Task<string?> ISessionOwner<ClientSession>.WhyNotMoveAsync(ClientSession session, CancellationToken cancellationToken)
    {
        foreach (var queue in _options.QueueNames)
        {
            if ((await session.Connection.CountAsync(queue, cancellationToken).ConfigureAwait(false)).Consumers == 0)
                return $"No worker takes orders from queue '{queue}' on {session.Connection.Host} yet.";
        }

        return null;
    }

    void ISessionOwner<ClientSession>.OnReady(ClientSession session) => session.Presence.Join();

    void ISessionOwner<ClientSession>.OnProven(ClientSession session, long begunAt)
    {
    }

    void ISessionOwner<ClientSession>.OnLost(ClientSession session, string reason) =>
        _pending.SettleAll(session,
            RpcReply.WithoutBody(RpcOutcome.Unknown, Reason.Of(
                "The connection to the broker was lost while waiting for the answer.",
                $"The connection to the broker was lost while waiting for the answer: {reason}.")));
}
