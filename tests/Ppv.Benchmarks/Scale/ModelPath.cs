using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Orders;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// The way of an order from a gateway over a queue to the worker and back, as a model: HTTP, AMQP and <c>RpcClient</c> are not in it, what
/// they promise is. A loss settles what waits at once; all orders are sent again within their time (<c>ResendAfterLoss: All</c>); what was
/// delivered and not answered is delivered again; the queue keeps its messages (quorum).
/// </summary>
internal sealed class ModelPath
{
    private static readonly RpcOptions Options = new();
    private static readonly TimeSpan LongestWayBack = TimeSpan.FromMilliseconds(500), AgeMargin = TimeSpan.FromSeconds(5);

    private readonly VirtualTime _time;
    private readonly SiteSetup _setup;
    private readonly ModelWorkers _workers;
    private readonly ModelLink _gateway, _worker;
    private readonly Lock _gate = new();
    private readonly HashSet<TaskCompletionSource<PpvResult?>> _pending = [];
    private readonly LinkedList<Message> _ready = [];
    private List<Message> _taken = [];
    private SessionFence _session = new();
    private TaskCompletionSource _connected = new();

    public ModelPath(VirtualTime time, SiteSetup setup, SimulatedWizard wizard)
    {
        (_time, _setup) = (time, setup);
        _workers = new ModelWorkers(time, setup, wizard, Dispatch);
        _gateway = new ModelLink(time, setup.Troubles, _ => SettleAll(), () =>
        {
            _connected.TrySetResult();
            _connected = new TaskCompletionSource();
        });
        _worker = new ModelLink(time, setup.Troubles, trouble =>
        {
            _workers.Disconnect(trouble.From);
            GiveBack();
        }, () => _workers.Connect());
    }

    public ModelWorkers Workers => _workers;

    public void Start()
    {
        _workers.Start();
        _gateway.Start();
        _worker.Start();
        foreach (var trouble in _setup.Troubles.Where(trouble => trouble.Kind
            is TroubleKind.WorkerToStandby or TroubleKind.WorkerRestart or TroubleKind.SiteLost))
        {
            _time.CreateTimer(
                _ =>
                {
                    GiveBack();
                    if (trouble.Kind == TroubleKind.SiteLost) SettleAll();
                },
                null, VirtualTime.Start + trouble.From - _time.GetUtcNow(), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether all that was begun waits for time to pass.</summary>
    public bool IsSettled => _workers.Process?.IsSettled ?? true;

    public async Task<PpvResult> SendAsync(PpvOrder order)
    {
        var deadline = _time.GetUtcNow() + Options.ReplyTimeout;
        PpvResult? before = null;
        DateTimeOffset? sentAt = null;
        while (true)
        {
            if (IsLost) return before ?? Failed(order, RpcOutcome.NotExecuted, "There is no gateway.");
            if (!await ConnectAsync(deadline)) return before ?? Failed(order, RpcOutcome.NotExecuted, "There is no connection.");
            if (_pending.Count >= Options.MaxPendingRequests)
                return before ?? Failed(order, RpcOutcome.NotExecuted, "Too many requests are waiting.");
            var pending = new TaskCompletionSource<PpvResult?>();
            _pending.Add(pending);
            using var late = _time.CreateTimer(
                _ => pending.TrySetResult(Failed(order, RpcOutcome.Unknown, "No answer came.")),
                null, deadline - _time.GetUtcNow(), Timeout.InfiniteTimeSpan);
            var message = new Message(order, deadline, pending, sentAt);
            After(_setup.Profile.Hop, () => Publish(message));
            sentAt ??= _time.GetUtcNow();
            var result = await pending.Task;
            _pending.Remove(pending);
            if (result is not null) return result;
            before = Failed(order, RpcOutcome.Unknown, "The connection was lost.");
        }
    }

    private bool IsLost => _setup.Troubles.Any(trouble => trouble.Kind == TroubleKind.SiteLost && trouble.IsOn(_time.Elapsed));

    private async Task<bool> ConnectAsync(DateTimeOffset deadline)
    {
        if (_gateway.IsReady) return true;
        var left = deadline - _time.GetUtcNow();
        await Task.WhenAny(_connected.Task, Task.Delay(left < Options.ConnectionWait ? left : Options.ConnectionWait, _time));
        return _gateway.IsReady && _time.GetUtcNow() < deadline;
    }

    private void SettleAll()
    {
        foreach (var pending in _pending.ToList()) pending.TrySetResult(null);
    }

    private void Publish(Message message)
    {
        if (!_gateway.IsPassing) return; // It is on a connection that is about to be found lost.
        lock (_gate) _ready.AddLast(message);
        Dispatch();
    }

    private void Dispatch()
    {
        while (_workers.IsLeading && _worker.IsPassing)
        {
            Message message;
            lock (_gate)
            {
                if (_ready.First is not { } first) return;
                message = first.Value;
                _ready.RemoveFirst();
                if (message.Deadline <= _time.GetUtcNow()) continue;
                _taken.Add(message);
            }

            Deliver(message);
        }
    }

    private void Deliver(Message message)
    {
        var (session, now) = (_session, _time.GetUtcNow());
        var wayBack = (message.Deadline - now) / 20;
        var context = new RpcRequestContext
        {
            Id = message.Order.Id,
            Body = OrderJson.ToBytes(message.Order),
            Deadline = message.Deadline - (wayBack < LongestWayBack ? wayBack : LongestWayBack),
            History = message.HistoryAt(now),
            CoveredSince = _workers.CoveredSince,
            Fence = session,
        };
        _ = _workers.Process!.HandleAsync(context, reply =>
        {
            lock (_gate)
            {
                // Over a connection that is gone no answer leaves; the order is delivered again.
                if (reply is null || session != _session || !_worker.IsPassing) return;
                _taken.Remove(message);
            }

            After(_setup.Profile.Hop, () => message.Pending.TrySetResult(
                new PpvResult(message.Order.Id, reply.Outcome, OrderReply.Text(reply), reply.Reason)));
        });
    }

    /// <summary>The worker's session is over: its fence is lost, and what it had not answered comes back to the front, in order.</summary>
    private void GiveBack()
    {
        lock (_gate)
        {
            _session.IsLost = true;
            _session = new SessionFence();
            foreach (var message in Enumerable.Reverse(_taken))
            {
                message.IsRedelivered = true;
                _ready.AddFirst(message);
            }

            _taken = [];
        }
    }

    private void After(TimeSpan delay, Action action) =>
        _time.CreateTimer(static told => ((Action)told!)(), action, delay, Timeout.InfiniteTimeSpan);

    private static PpvResult Failed(PpvOrder order, RpcOutcome outcome, string reason) => new(order.Id, outcome, null, reason);

    private sealed class Message(PpvOrder order, DateTimeOffset deadline, TaskCompletionSource<PpvResult?> pending,
        DateTimeOffset? sentBefore)
    {
        public PpvOrder Order => order;

        public DateTimeOffset Deadline => deadline;

        public TaskCompletionSource<PpvResult?> Pending => pending;

        public bool IsRedelivered { get; set; }

        /// <summary>
        /// What is known of the order's id: sent again, it is a repeat since then; delivered again, since the queue can have it.
        /// </summary>
        public IdHistory HistoryAt(DateTimeOffset now) => sentBefore is { } first ? IdHistory.RepeatSince(first)
            : IsRedelivered ? IdHistory.RepeatSince(now - Options.MessageTtl - AgeMargin)
            : IdHistory.New;
    }

    /// <summary>The right to write to Wizard, for as long as the worker's session lasts.</summary>
    private sealed class SessionFence : Fence
    {
        public override string Holder => "the worker's session";

        public override DateTimeOffset Since => DateTimeOffset.MinValue;

        public bool IsLost { get; set; }

        public override string? LostReason => IsLost ? "The connection is gone." : null;
    }
}
