using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Orders.Routing;
using Ppv.Rpc.Presence;

namespace Ppv.Rpc;

/// <summary>Buys pay-per-view events over the broker. Safe for use by several threads; make one and keep it.</summary>
/// <remarks>With dependency injection use <c>services.AddPpvClient(…)</c> and ask for <see cref="IPpvClient"/>.</remarks>
public sealed class PpvClient : IPpvClient, IOwnersClient, IBrokerSwitch, IAsyncDisposable, IDisposable
{
    private readonly RpcClient _client;
    private readonly ClientIdentity _identity;
    private readonly RpcOptions _options;
    private readonly CallRouter _router;
    private readonly OrderIdHistories _ids;
    private readonly OrderWhereabouts _whereabouts;
    private readonly Purchases _purchases;
    private readonly CallMemory _inProgress;
    private readonly TimeProvider _timeProvider;

    /// <summary>Makes a client; it connects at the first order, or when started.</summary>
    /// <param name="options">Hosts, queue and time-outs. Not to be changed afterwards.</param>
    /// <param name="loggerFactory">For the log; none by default.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public PpvClient(PpvClientOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : this(null, options, loggerFactory, timeProvider)
    {
    }

    internal PpvClient(
        IBrokerDialer? dialer, PpvClientOptions options, ILoggerFactory? loggerFactory, TimeProvider? timeProvider,
        PresenceSource? presence = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _identity = new ClientIdentity(name, options.Section);
        _client = new RpcClient(dialer, options.Broker, options.Rpc, loggerFactory, timeProvider, presence, _identity) { Owner = this };
        _options = options.Rpc;
        var logger = _identity.LoggerOf<PpvClient>(loggerFactory);
        _timeProvider = timeProvider ?? TimeProvider.System;
        var lateReplies = new EventDispatcher(nameof(LateReply), logger);
        _client.LateReply += (_, late) => lateReplies.Raise(LateReply, this, new LateReplyEventArgs(late.Id, OrderReply.Read(late.Reply)));
        _router = new CallRouter(_client, _options, RankOf, logger, _timeProvider);
        _whereabouts = new OrderWhereabouts(
            _options.QueueNames, _router.IsHome, _router.IsSettledSince,
            (order, queue, end) => GetStatusAsync(order.Id, queue, order.Owner, RankOf(order), end), _timeProvider);
        _ids = new OrderIdHistories(options.Rpc.UndatedIdLife, _timeProvider);
        _purchases = new Purchases(this, _timeProvider);
        _inProgress = new CallMemory(CallsInProgress, QueueRouter.CallIdle, _timeProvider);
    }

    private const int CallsInProgress = 10_000;

    /// <summary>The longest key of a purchase, in characters.</summary>
    public const int MaxKeyLength = 64;

    /// <summary>
    /// An answer came for an order whose caller had been told that its outcome is unknown. Raised as <see cref="RpcClient.LateReply"/> is.
    /// </summary>
    public event EventHandler<LateReplyEventArgs>? LateReply;

    /// <inheritdoc/>
    public event EventHandler<BrokerHostChangedEventArgs>? HostChanged
    {
        add => _client.HostChanged += value;
        remove => _client.HostChanged -= value;
    }

    /// <inheritdoc/>
    public string Role => _client.Role;

    /// <inheritdoc/>
    public IReadOnlyList<BrokerHostStatus> Hosts => _client.Hosts;

    /// <summary>Whether orders can pass, and if not, why.</summary>
    public ConnectionStatus Status => _client.Status;

    /// <summary>Ends when the client was stopped; faults with <see cref="BrokerGaveUpException"/> when it gave up connecting.</summary>
    public Task Completion => _client.Completion;

    /// <summary>Whose it is, where an application has several.</summary>
    internal ClientIdentity Identity => _identity;

    /// <summary>See <see cref="RpcClient.IsHanging"/>.</summary>
    internal bool IsHanging => _client.IsHanging;

    /// <summary>Connects in the background. Calling it again does nothing.</summary>
    public void Start() => _client.Start();

    /// <inheritdoc/>
    public Task SwitchToAsync(BrokerHost host, CancellationToken cancellationToken = default) =>
        _client.SwitchToAsync(host, cancellationToken);

    /// <summary>Whether a text can be the key of a purchase: 1 to 64 printable ASCII characters without spaces.</summary>
    /// <param name="key">The text.</param>
    public static bool IsValidKey(ReadOnlySpan<char> key) => key.Length <= MaxKeyLength && PpvOrder.IsValidId(key);

    /// <inheritdoc/>
    public async Task<PpvPurchaseResult> PurchaseAsync(
        ConnectionId connectionId,
        string eventNumber,
        string subscriberNumber,
        string? key = null,
        bool isRepeat = false,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        key = CheckedKey(key ?? Guid.CreateVersion7().ToString("N"));
        var purchase = Purchase.Of(key, connectionId, PpvCommand.Event(eventNumber), PpvCommand.Subscriber(subscriberNumber), isRepeat);
        using var call = new PurchaseCall(key, _identity);
        var result = await _purchases.PurchaseAsync(purchase, DeadlineAfter(timeout), cancellationToken).ConfigureAwait(false);
        call.End(result.Outcome, result.IsBought, result.Reason);
        return result;
    }

    /// <inheritdoc/>
    public async Task<PpvOrderStatus> GetPurchaseStatusAsync(string key, CancellationToken cancellationToken = default) =>
        await GetStatusAsync(PurchaseIds.Confirm(CheckedKey(key)), cancellationToken).ConfigureAwait(false) with { OrderId = key };

    /// <inheritdoc/>
    public Task<PpvResult> SendAsync(PpvOrder order, CancellationToken cancellationToken = default) =>
        SendFirstAsync(order, DeadlineAfter(null), cancellationToken);

    /// <inheritdoc/>
    public Task<PpvResult> SendAsync(PpvOrder order, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        SendFirstAsync(order, DeadlineAfter(timeout), cancellationToken);

    /// <inheritdoc/>
    public Task<PpvResult> SendAsync(
        PpvOrder order, IdHistory history, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        return SendAsync(order, history, DeadlineAfter(timeout), cancellationToken);
    }

    private async Task<PpvResult> SendFirstAsync(PpvOrder order, TimeLimit deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        var history = _ids.Take(order);
        var result = await SendAsync(order, history, deadline, cancellationToken).ConfigureAwait(false);
        if (!history.IsNew || result is not { Outcome: RpcOutcome.NotExecuted, Code: null }) return result;
        if (order.FirstUse.TryGiveBack()) return result;
        // Somebody has sent the same order meanwhile, and that one may have been executed.
        var (outcome, reason) = new NotSent(Reason.Said(result.Reason!, result.Detail)).Tell(id: null);
        return result with { Outcome = outcome, Reason = reason.Told, Detail = reason.Detail };
    }

    internal async Task<PpvResult> SendAsync(
        PpvOrder order, IdHistory history, TimeLimit deadline, CancellationToken cancellationToken)
    {
        var (reply, _) = await AskAsync(order, history, deadline, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    /// <summary>Sends an order.</summary>
    /// <returns>What became of it, and what the worker had on record under its id.</returns>
    internal async Task<(PpvResult Result, PriorUse Prior)> AskAsync(
        PpvOrder order, IdHistory history, TimeLimit deadline, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_client.IsStopped, this);
        history = _ids.Sending(order.Id, history);
        var route = await _router.FindAsync(order, deadline, cancellationToken).ConfigureAwait(false);
        if (route.Queue is not { } queue)
        {
            var (outcome, reason) = route.NotSent.Tell(route.IsUnknown ? null : NewId.Of(history));
            return Told(new PpvResult(order.Id, outcome, null, reason.Told) { Detail = reason.Detail }, history, PriorUse.None);
        }

        (queue, history) = await _whereabouts.FindAsync(order, queue, history, cancellationToken).ConfigureAwait(false);
        var resend = _options.ResendAfterLoss;
        var request = new RpcRequest(order.Id, OrderJson.ToBytes(order))
        {
            Method = order.Command.Key,
            Queue = queue,
            Limit = deadline,
            History = history,
            Subject = order.Subject,
            Owner = order.Owner,
            Rank = RankOf(order),
            ResendAfterLoss = resend == ResendPolicy.All
                || (resend == ResendPolicy.EventAndSubscriber && order.Command.Kind != PpvCommandKind.Confirm),
        };
        var reply = OrderReply.Read(await _client.SendAsync(request, cancellationToken).ConfigureAwait(false));
        // Only a call with a line gets there, so strangers can't crowd others out of the memory.
        if (order.ConnectionId is { } known && OrderReply.Text(reply) == ResultCodes.Ok) _inProgress.Note($"{known}", queue);
        var result = new PpvResult(order.Id, reply.Outcome, OrderReply.Text(reply), reply.Reason) { Detail = reply.Detail };
        return Told(result, history, reply.Prior);
    }

    /// <summary>Nobody has answered, and still it is proven that nothing was executed: so nothing was sent.</summary>
    private (PpvResult Result, PriorUse Prior) Told(PpvResult result, IdHistory history, PriorUse prior)
    {
        if (history.IsNew && result is { Outcome: RpcOutcome.NotExecuted, Code: null }) _ids.NotSent(result.OrderId);
        return (result, prior);
    }

    /// <inheritdoc/>
    public Task<PpvOrderStatus> GetStatusAsync(string orderId, CancellationToken cancellationToken = default) =>
        GetStatusOfAsync(orderId, owner: null, cancellationToken);

    Task<PpvOrderStatus> IOwnersClient.GetStatusAsync(string orderId, string owner, CancellationToken cancellationToken) =>
        GetStatusOfAsync(orderId, owner, cancellationToken);

    private async Task<PpvOrderStatus> GetStatusOfAsync(string orderId, string? owner, CancellationToken cancellationToken)
    {
        if (!PpvOrder.IsValidId(orderId))
            throw new ArgumentException(
                $"An order id has 1 to {PpvOrder.MaxIdLength} printable ASCII characters and no spaces.", nameof(orderId));
        var queues = _options.QueueNames;
        var asking = queues.Count == 1
            ? GetStatusAsync(orderId, queues[0], owner, RequestRank.Begins, cancellationToken)
            : QueueStatuses.AskAsync(
                orderId, _ids.EarliestUse(orderId), queues,
                (queue, end) => GetStatusAsync(orderId, queue, owner, RequestRank.Begins, end), _timeProvider, cancellationToken);
        return await asking.ConfigureAwait(false) with { CoveredSince = null }; // That is between us and the workers.
    }

    /// <summary>See <see cref="PresenceMember.Instance"/>.</summary>
    internal Guid Instance => _client.Instance;

    /// <summary>See <see cref="RpcClient.AskPresenceAsync"/>.</summary>
    internal Task<IReadOnlyList<PresenceReport>> AskPresenceAsync(
        TimeSpan patience, CancellationToken cancellationToken, IReadOnlyCollection<Guid>? expected = null) =>
        _client.AskPresenceAsync(patience, cancellationToken, expected);

    /// <summary>Waits for a connection, no longer than an order would.</summary>
    /// <returns>Whether there is one; if not, <see cref="Status"/> says why.</returns>
    internal ValueTask<bool> ConnectAsync(CancellationToken cancellationToken) =>
        _client.ConnectAsync(_options.ConnectionWait, cancellationToken);

    internal int PendingRequests => _client.PendingRequests;

    internal IBrokerConnection? Connection => _client.Connection;

    /// <summary>
    /// Takes no more orders, settles those that wait as unknown, and closes the connection. Calling it again does nothing.
    /// </summary>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for containers that dispose of their services without awaiting them. It does not wait for the
    /// connection to be closed.
    /// </summary>
    public void Dispose() => _client.Dispose();

    /// <param name="orderId">The order.</param>
    /// <param name="queue">Whom to ask.</param>
    /// <param name="owner">Whose room the question takes; <see langword="null"/>: nobody's in particular.</param>
    /// <param name="rank">What it is turned away for: the questions of a confirm that is on its way are not for those who just ask.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<PpvOrderStatus> GetStatusAsync(
        string orderId, string queue, string? owner, RequestRank rank, CancellationToken cancellationToken)
    {
        var inquiry = RpcRequest.Create(Encoding.ASCII.GetBytes(orderId)) with
        {
            Type = StatusInquiry.Type,
            Queue = queue,
            ResendAfterLoss = true,
            Rank = rank,
            CountsFor = owner,
        };
        var reply = await _client.SendAsync(inquiry, cancellationToken).ConfigureAwait(false);
        return StatusInquiry.Read(orderId, reply, _timeProvider.GetUtcNow());
    }

    /// <summary>
    /// That a call is in progress is known of those that were told OK here; with a second gateway the others say it themselves.
    /// </summary>
    private RequestRank RankOf(PpvOrder order) =>
        order.ConnectionId is { } call && _inProgress.Find(call.ToString()) is not null ? RequestRank.GoesOn
        : order.Command.Kind == PpvCommandKind.Event ? RequestRank.Begins
        : RequestRank.MayGoOn;

    private TimeLimit DeadlineAfter(TimeSpan? timeout)
    {
        if (timeout is { } time && (time < RpcRules.ShortestReplyTimeout || time > RpcRules.LongestReplyTimeout))
            throw new ArgumentOutOfRangeException(
                nameof(timeout), time, $"A time-out is {RpcRules.ShortestReplyTimeout:c} to {RpcRules.LongestReplyTimeout:c}.");
        return TimeLimit.After(timeout ?? _options.ReplyTimeout, _timeProvider);
    }

    private static string CheckedKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsValidKey(key)
            ? key
            : throw new ArgumentException(
            $"A key has 1 to {MaxKeyLength} printable ASCII characters and no spaces.", nameof(key));
    }
}
