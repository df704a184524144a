using Ppv.Broker.Tests.Delivery;
using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Failover;

/// <summary>
/// Two worker processes on one queue, each with a journal and a way to Wizard of its own; one Wizard, and a gateway with a load.
/// </summary>
internal sealed class WorkerPair : IAsyncDisposable
{
    /// <summary>Short, so that a silent worker is given up in seconds.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    private const int Lines = 29;
    private static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(1), MaxThinkTime = TimeSpan
        .FromMilliseconds(40), ReplyTimeout = TimeSpan.FromSeconds(10);

    private readonly string _queue = TestBroker.UniqueQueueName("takeover");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-journal-");
    private readonly WizardSimulator _wizard;
    private readonly string[] _arguments;
    private GatewayHost? _gateway;
    private CallLoad? _load;
    private Task<IReadOnlyList<CallOutcome>>? _running;

    private WorkerPair(BrokerAddress broker, WizardSimulator wizard, QueueKind kind, LineAllocation allocation, TimeSpan heartbeat)
    {
        _wizard = wizard;
        _arguments =
        [
            $"--Ppv:Rpc:QueueKind={kind}", $"--Ppv:Server:LineAllocation={allocation}",
            $"--Ppv:Broker:Heartbeat={heartbeat:c}", "--Ppv:Broker:ProbeInterval=00:00:00.3", "--Ppv:Broker:ProbeTimeout=00:00:01.5",
        ];
        Ways = [new TcpProxy("127.0.0.1", _wizard.Port), new TcpProxy("127.0.0.1", _wizard.Port)];
        Workers = [.. Ways.Select((way, index) => new WorkerProcess(broker, _queue, way.Port, JournalOf(index)))];
    }

    /// <summary>The one that has the queue, and the one that stands by.</summary>
    public IReadOnlyList<WorkerProcess> Workers { get; }

    /// <summary>Each worker's way to Wizard, which tells who sent what.</summary>
    public IReadOnlyList<TcpProxy> Ways { get; }

    public CallLoad Load => _load ?? throw new InvalidOperationException("The pair was not started.");

    /// <param name="broker">The broker.</param>
    /// <param name="kind">The queue's kind.</param>
    /// <param name="allocation">With leases, the second worker stands by.</param>
    /// <param name="callers">How many callers buy at once.</param>
    /// <param name="heartbeat">The workers' heartbeat; <see cref="Heartbeat"/> by default.</param>
    public static async Task<WorkerPair> StartAsync(
        BrokerAddress broker, QueueKind kind, LineAllocation allocation, int callers, TimeSpan? heartbeat = null)
    {
        var wizard = new WizardSimulator(new WizardSimulatorOptions { Lines = new(1, Lines) });
        await wizard.StartAsync();
        var pair = new WorkerPair(broker, wizard, kind, allocation, heartbeat ?? Heartbeat);
        try
        {
            foreach (var worker in pair.Workers) await worker.StartAsync(pair._arguments);
            // Of a quorum queue a worker only knows that it is not served: the first one that consumes it is.
            if (allocation == LineAllocation.Leased && kind != QueueKind.Quorum) await pair.Workers[1].PrintedAsync("stands by");
            pair._gateway = await GatewayHost.StartAsync(options =>
            {
                broker.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Rpc.QueueKind) = (pair._queue, kind);
                if (allocation == LineAllocation.Modulo) options.Rpc.SingleActiveConsumer = false;
                (options.Rpc.ReplyTimeout, options.Rpc.ResendAfterLoss) = (ReplyTimeout, ResendPolicy.All);
            });
            await pair._gateway.ReadyAsync();
            pair._load = CallLoad.Endless(pair._gateway, callers, Lines, MaxThinkTime);
            pair._running = pair._load.RunAsync();
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public async Task GoOnAsync(TimeSpan time)
    {
        await Task.WhenAny(_running!, Task.Delay(time, TimeProvider.System));
        if (_running!.IsCompleted) await _running;
        _running.IsCompleted.ShouldBeFalse("the load ended early");
    }

    /// <summary>Waits until an order that was sent after a moment was answered OK.</summary>
    public async Task UntilServedAfterAsync(TimeSpan moment, TimeSpan limit)
    {
        for (var since = Load.Now; !Load.Orders.Any(
            order => order.IsOk && order.Start > moment); await GoOnAsync(TimeSpan.FromMilliseconds(20)))
            if (Load.Now - since > limit) Assert.Fail($"Within {limit.TotalSeconds} s nobody took over. {Story}");
    }

    /// <summary>The longest time without an order answered OK around a moment.</summary>
    public TimeSpan GapAround(TimeSpan moment, TimeSpan until) =>
        GapMeter.LongestGap(Load.Orders.Where(order => order.IsOk).Select(order => order.End), moment, until);

    /// <summary>Ends the load, stops both workers, and checks all that was promised to callers against Wizard and both journals.</summary>
    public async Task<PurchaseCheck> EndAsync()
    {
        Load.Stop();
        var outcomes = await _running!.Within();
        foreach (var worker in Workers) await worker.DisposeAsync();
        Load.Orders.Max(order => order.Duration).ShouldBeLessThanOrEqualTo(
            ReplyTimeout + AnswerMargin, "a caller waited longer than its time");
        var check = new PurchaseCheck(_wizard.Purchases, outcomes);
        await check.ShouldHoldAsync(StateInJournalsAsync);
        check.ToldOk.ShouldBeGreaterThan(0, Story);
        return check;
    }

    /// <summary>What the workers printed, to be read when a test failed.</summary>
    public string Story =>
        string.Join(Environment.NewLine, Workers.Select((worker, index) => $"Worker {index + 1} printed:\n{Telling(worker.Output)}"));

    public async ValueTask DisposeAsync()
    {
        _load?.Stop();
        foreach (var worker in Workers) await worker.DisposeAsync();
        if (_running is not null) await _running.ContinueWith(static _ => { }, TaskScheduler.Default).Within();
        if (_gateway is not null) await _gateway.DisposeAsync();
        foreach (var way in Ways) await way.DisposeAsync();
        await _wizard.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>All but what every order prints.</summary>
    private static string Telling(string output) =>
        string.Join(
            '\n', output.Split('\n').Where(line => !line.Contains("Wizard said OK") && !line.Contains("RequestHandler[11]")).TakeLast(60));

    private string JournalOf(int worker) => Path.Combine(_folder.FullName, $"orders-{worker + 1}.db");

    /// <summary>What either worker's journal has of an order; they have to have ended.</summary>
    private async Task<PpvOrderState> StateInJournalsAsync(string orderId)
    {
        var states = new List<JournalState>();
        for (var worker = 0; worker < Workers.Count; worker++)
        {
            await using var journal = new SqliteOrderJournal(new JournalOptions { Path = JournalOf(worker) });
            if (await journal.FindAsync(orderId) is { } entry) states.Add(entry.State);
        }

        return states.Contains(JournalState.Completed) ? PpvOrderState.Completed
            : states.Contains(JournalState.Unknown) || states.Contains(JournalState.Intent) ? PpvOrderState.Unknown
            : states.Contains(JournalState.NotExecuted) ? PpvOrderState.NotExecuted
            : PpvOrderState.NeverSeen;
    }
}
