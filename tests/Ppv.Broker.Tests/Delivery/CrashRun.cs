using System.Globalization;
using Ppv.CrashWorker;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// Calls, one after the other, each of which kills the worker with its confirm. The worker that is started again after one is the one that
/// dies at the next.
/// </summary>
internal sealed class CrashRun : IAsyncDisposable
{
    /// <summary>What a shell and .NET call the end by SIGKILL: 128 and the signal's number.</summary>
    private const int KilledExitCode = 137;

    /// <summary>So many that neither calls in doubt nor lines at rest make a call wait for a line.</summary>
    private const int Lines = 200;

    private readonly CrashPoint _point;
    private readonly BrokerAddress _broker;
    private readonly string _queue = TestBroker.UniqueQueueName("crash");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-journal-");
    private readonly WizardSimulator _wizard = new(new WizardSimulatorOptions { Lines = new(1, Lines) });
    private readonly PpvClient _client;
    private WorkerProcess? _worker;
    private int _call;

    public CrashRun(CrashPoint point, BrokerAddress broker)
    {
        (_point, _broker) = (point, broker);
        _wizard.Script = Behave;
        var options = new PpvClientOptions();
        broker.ApplyTo(options.Broker);
        options.Rpc.Queue = _queue;
        _client = new PpvClient(options);
    }

    private WorkerProcess Worker => _worker ?? throw new InvalidOperationException("The run was not started.");

    private int Asked => _wizard.Requests.Count(request => request.Command?.Kind == PpvCommandKind.Confirm);

    /// <summary>Whether Wizard books the UP of a call whose worker died waiting for the answer.</summary>
    public static bool Books(int call) => call % 2 == 0;

    /// <summary>Starts Wizard and the worker that dies at the first call's confirm.</summary>
    public async Task StartAsync()
    {
        await _wizard.StartAsync();
        _worker = new WorkerProcess(_broker, _queue, _wizard.Port, Path.Combine(_folder.FullName, "orders.db"), canCrash: true);
        await StartWorkerAsync();
    }

    /// <summary>EV, EN and CONFIRM of a call, the worker's death, its restart, and what is asked afterwards.</summary>
    public async Task<CrashOutcome> CallAsync()
    {
        var connid = ConnectionId.Parse((++_call).ToString("x16", CultureInfo.InvariantCulture));
        var pair = (Event: $"{100_000 + _call}", Subscriber: $"{5_000_000 + _call}");
        CrashOutcome.Text(await _client.SendAsync(PpvOrder.Event(connid, pair.Event))).ShouldBe("Completed OK");
        CrashOutcome.Text(await _client.SendAsync(PpvOrder.Subscriber(connid, pair.Subscriber))).ShouldBe("Completed OK");
        int Bought() => _wizard.Purchases.Count(purchase => (purchase.Event, purchase.Subscriber) == pair);

        var askedBefore = Asked;
        var confirm = PpvOrder.Confirm(connid) with { Id = IdOf(_call) };
        var answering = _client.SendAsync(confirm, IdHistory.New); // Its id is made here, and once.
        var toldBeforeRestart = await DiesAsync(answering);
        await StartWorkerAsync();

        var answer = await answering.Within();
        var repeated = await _client.SendAsync(confirm);
        var status = await _client.GetStatusAsync(confirm.Id);
        var (asked, bought) = (Asked - askedBefore, Bought());
        var repeatedOnCall = await _client.SendAsync(PpvOrder.Confirm(connid));
        return new CrashOutcome(
            asked,
            bought,
            toldBeforeRestart,
            CrashOutcome.Text(answer),
            CrashOutcome.Text(repeated),
            CrashOutcome.Text(status),
            CrashOutcome.Text(repeatedOnCall),
            BoughtAfterAll: Bought());
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        if (_worker is not null) await _worker.DisposeAsync();
        await _wizard.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Waits for the worker's death; a worker that lives on proves nothing.</summary>
    /// <returns>Whether the caller had its answer by then.</returns>
    private async Task<bool> DiesAsync(Task<PpvResult> answering)
    {
        var dying = Worker.ExitCodeAsync();
        if (_point >= CrashPoint.BeforeAcknowledgement) await answering.Within();
        else await Task.WhenAny(dying, answering);
        if (_point < CrashPoint.BeforeAcknowledgement && answering.IsCompleted)
            Assert.Fail($"The worker was to die at {_point}, but the confirm was answered: {CrashOutcome.Text(await answering)}.");
        (await dying).ShouldBe(KilledExitCode, $"The worker was to die at {_point} by SIGKILL. It printed:\n{Worker.Output}");
        return answering.IsCompleted;
    }

    private static string IdOf(int call) => $"confirm-{call}";

    private Task StartWorkerAsync() => Worker.StartAsync(
        $"--crash={_point}",
        $"--crash-order={IdOf(_call + 1)}",
        $"--Ppv:Server:LastLine={Lines}");

    /// <summary>
    /// Only Wizard knows when the whole UP has arrived. No answer is given, so that the worker can't get ahead of its end.
    /// </summary>
    private WizardBehavior Behave(WizardSimulatorRequest request)
    {
        if (_point != CrashPoint.AfterFlush || request.Command?.Kind != PpvCommandKind.Confirm) return WizardBehavior.Normal;
        Worker.Kill();
        return WizardBehavior.Normal with { Stall = true, ReplyText = Books(_call) ? null : WizardSimulator.NothingToBook };
    }
}
