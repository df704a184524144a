using System.Collections.Concurrent;
using Ppv.Broker.Tests.Delivery;
using Ppv.Hosting;
using Ppv.Hosting.Security;
using Ppv.Rpc;

namespace Ppv.Broker.Tests.Failover;

/// <summary>A gateway and a worker over two brokers, under a steady load of whole calls, and all that is said of them in the end.</summary>
internal sealed class FailoverRun : IAsyncDisposable
{
    private const int Lines = 29, Callers = 6;

    /// <summary>How much later than its time a caller may have its answer: HTTP, and a machine with more to do than it can.</summary>
    private static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxThinkTime = TimeSpan.FromMilliseconds(40), ReplyTimeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<HostChange> _changes = new();
    private readonly Task<IReadOnlyList<CallOutcome>> _running;

    private FailoverRun(WorkerHost worker, GatewayHost gateway)
    {
        (Worker, Gateway) = (worker, gateway);
        Load = CallLoad.Endless(gateway, Callers, Lines, MaxThinkTime);
        gateway.Brokers.HostChanged += (_, change) => _changes.Enqueue(new HostChange(Load.Now, change.Before, change.Now, change.Reason));
        _running = Load.RunAsync();
    }

    public WorkerHost Worker { get; }

    public GatewayHost Gateway { get; }

    public CallLoad Load { get; }

    /// <summary>What the gateway's client noticed of its hosts.</summary>
    public IReadOnlyList<HostChange> Changes => [.. _changes];

    /// <summary>Starts both programs and waits until orders pass.</summary>
    /// <param name="brokers">The brokers.</param>
    /// <param name="ways">
    /// What the worker, then the gateway, has for a primary and a backup; <see langword="null"/>: the brokers themselves.
    /// </param>
    /// <param name="configure">Changes options of both programs.</param>
    public static async Task<FailoverRun> StartAsync(
        TestBrokerPair brokers, FailoverWays? ways = null, Action<BrokerOptions, RpcOptions>? configure = null)
    {
        var queue = TestBroker.UniqueQueueName("failover");
        var worker = await WorkerHost.StartAsync(options => Configure(options.Broker, options.Rpc, ways?.OfWorker));
        try
        {
            await worker.ReadyAsync();
            var gateway = await GatewayHost.StartAsync(options =>
            {
                Configure(options.Broker, options.Rpc, ways?.OfGateway);
                options.Gateway.AskOnLegacyQueue = true; // Every worker is one of ours.
            });
            await gateway.ReadyAsync();
            return new FailoverRun(worker, gateway);
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }

        void Configure(BrokerOptions broker, RpcOptions rpc, IReadOnlyList<TcpProxy>? proxies)
        {
            brokers.Primary.Address.ApplyTo(broker);
            brokers.Backup.Address.ApplyTo(broker);
            if (proxies is not null) broker.Hosts = [.. proxies.Select(proxy => $"127.0.0.1:{proxy.Port}")];
            broker.Topology = brokers.IsCluster ? BrokerTopology.Cluster : BrokerTopology.Independent;
            broker.FailbackDelay = TimeSpan.FromSeconds(2);
            (broker.ReconnectDelay, broker.MaxReconnectDelay) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2));
            rpc.Queue = queue;
            // A durable queue is not to be had while the node is away on which it was declared.
            rpc.QueueKind = brokers.IsCluster ? QueueKind.LegacyTransient : QueueKind.DurableClassic;
            rpc.ReplyTimeout = ReplyTimeout;
            rpc.ResendAfterLoss = ResendPolicy.All;
            configure?.Invoke(broker, rpc);
        }
    }

    /// <summary>Lets the load go on for a while.</summary>
    public async Task GoOnAsync(TimeSpan time)
    {
        await Task.WhenAny(_running, Task.Delay(time, TimeProvider.System));
        if (_running.IsCompleted) await _running;
        _running.IsCompleted.ShouldBeFalse("the load ended early");
    }

    /// <summary>Waits until something is so, looking again and again while the load goes on.</summary>
    public async Task UntilAsync(Func<bool> isSo, TimeSpan limit, string what)
    {
        for (var since = Load.Now; !isSo(); await GoOnAsync(TimeSpan.FromMilliseconds(20)))
            if (Load.Now - since > limit) Assert.Fail($"Within {limit.TotalSeconds} s {what}. {Story}");
    }

    /// <summary>Waits until an order that was sent after a moment was answered OK.</summary>
    public Task UntilServedAfterAsync(TimeSpan moment, TimeSpan limit) =>
        UntilAsync(() => Load.Orders.Any(order => order.IsOk && order.Start > moment), limit, "no order was answered OK");

    /// <summary>Waits until a host is in use by the gateway.</summary>
    public Task UntilInUseAsync(int host, TimeSpan limit) =>
        UntilAsync(() => IsInUse(Gateway.Brokers, host), limit, $"the gateway did not come to use host {host}");

    /// <summary>Moves both programs to a host by the lever; a worker of independent brokers is on all of them.</summary>
    public async Task SwitchToAsync(int host, bool workerToo)
    {
        await Gateway.Brokers.SwitchToAsync(Gateway.Brokers.Hosts[host].Host, Bounds.Token);
        if (workerToo) await Worker.Brokers.SwitchToAsync(Worker.Brokers.Hosts[host].Host, Bounds.Token);
    }

    /// <summary>How often the gateway came (back) to a host after a moment.</summary>
    public int ArrivalsAt(int host, TimeSpan after) => Changes.Count(change =>
        change.At > after && change.Now.Host == Gateway.Brokers.Hosts[host].Host && change.Now.State == BrokerHostState.Ready
            && change.Before.State != BrokerHostState.Blocked);

    /// <summary>The longest time without an order answered OK around a fault.</summary>
    public TimeSpan GapAround(TimeSpan fault, TimeSpan until) =>
        GapMeter.LongestGap(Load.Orders.Where(order => order.IsOk).Select(order => order.End), fault, until);

    /// <summary>How long after a moment the first order was answered OK that was sent after it.</summary>
    public TimeSpan GapAfter(TimeSpan moment) =>
        Load.Orders.Where(order => order.IsOk && order.Start > moment).Min(order => order.End) - moment;

    /// <summary>Ends the load, and checks all that was promised to callers, whatever happened.</summary>
    public async Task<PurchaseCheck> EndAsync()
    {
        Load.Stop();
        var outcomes = await _running.Within();
        Load.Orders.Max(order => order.Duration).ShouldBeLessThanOrEqualTo(
            ReplyTimeout + AnswerMargin, "a caller waited longer than its time");
        Load.Orders.ShouldAllBe(order => order.Reply.Status == 200);
        var check = new PurchaseCheck(Worker.Wizard.Purchases, outcomes);
        await check.ShouldHoldAsync(Gateway.SettledStatusAsync);
        check.ToldOk.ShouldBeGreaterThan(0);
        return check;
    }

    /// <summary>What happened, to be read when a test failed.</summary>
    public string Story => string.Join(
        Environment.NewLine,
        ["The gateway's hosts:", .. Changes.Select(change => change.ToString()), "The worker's log:", .. Told(Worker.Log),
         "What the last who were not told OK were told:",
            .. Load.Refusals.TakeLast(5).Select(reply => reply.ToString())]);

    public async ValueTask DisposeAsync()
    {
        Load.Stop();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default).Within();
        await Gateway.DisposeAsync();
        await Worker.DisposeAsync();
    }

    private static IEnumerable<string> Told(CollectingLoggerProvider log) => log.Snapshot()
        .Where(entry => entry.Category.StartsWith("Ppv", StringComparison.Ordinal) && entry.EventId.Id is >= 1000 and < 1300)
        .Select(entry => $"{entry.Level}: {entry.Message}").TakeLast(30);

    private static bool IsInUse(IBrokerSwitch brokers, int host) => brokers.Hosts[host].State == BrokerHostState.Ready;
}
