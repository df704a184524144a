using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>A worker's part between queue and Wizard, with leased lines; without a queue, on a clock that tests move.</summary>
internal sealed class LeasedWorker : IDisposable
{
    public const string Call = "0127032d64a94732", OtherCall = "0127032d64a94733";
    private readonly PpvServerOptions _options = new();
    private LineLeases _lines;
    private RequestHandler _handler;
    private readonly PlainLogger<RequestHandler> _log;
    private int _ids;

    public LeasedWorker(Action<WorkerOptions>? configure = null, Func<IOrderJournalStore, IOrderJournalStore>? journal = null,
        LogCollector? log = null)
    {
        _log = log is null
            ? PlainLogger<RequestHandler>.None
            : new PlainLogger<RequestHandler>(LoggerFactory.Create(logging => logging.AddProvider(log)));
        configure?.Invoke(_options.Server);
        Journal = new InMemoryOrderJournal(null, Clock);
        if (journal is not null) Journal = journal(Journal);
        (_lines, _handler) = Make();
    }

    /// <summary>Why the fence is lost under which the next orders are begun; it is not unless a test says otherwise.</summary>
    public Func<string?> LostFence { get; set; } = () => null;

    public SteppedClock Clock { get; } = new(Entries.Noon);

    public FakeWizard Wizard { get; } = new();

    public IOrderJournalStore Journal { get; private set; }

    public LineLeases Lines => _lines;

    /// <summary>What Wizard was sent: line and command.</summary>
    public IEnumerable<string> Sent => Wizard.Requests.Select(request => $"{request.Line} {request.Command.Key}={request.Command.Value}");

    public IEnumerable<PpvCommandKind> SentKinds => Wizard.Requests.Select(request => request.Command.Kind);

    public int UpsSent => SentKinds.Count(kind => kind == PpvCommandKind.Confirm);

    /// <summary>Everything but the journal and Wizard starts anew.</summary>
    public async Task RestartAsync()
    {
        _lines.Dispose();
        (_lines, _handler) = Make();
        await new LeaseRestore(
            Journal, _lines, Options.Create(_options), Clock, PlainLogger<LeaseRestore>.None).RestoreAsync(null, CancellationToken.None);
    }

    /// <summary>Another worker, with a journal of its own, is told what this one knew.</summary>
    public void HandOver()
    {
        var told = LeaseSnapshotJson.ToBytes(_lines.Export());
        _lines.Dispose();
        Journal = new InMemoryOrderJournal(null, Clock);
        (_lines, _handler) = Make();
        _lines.Import(LeaseSnapshotJson.Read(told));
    }

    /// <summary>What comes between what is asked for and what is asked for next.</summary>
    public async Task GoOnAsync(Between between)
    {
        if (between == Between.Restart) await RestartAsync();
        if (between == Between.HandOver) HandOver();
    }

    public Task<RpcReply> EventAsync(string call = Call, string number = "1569885", string? subject = null) =>
        SendAsync(call, "EV", number, subject: subject);

    public Task<RpcReply> SubscriberAsync(string call = Call, string number = "85165320", string? subject = null) =>
        SendAsync(call, "EN", number, subject: subject);

    public Task<RpcReply> ConfirmAsync(string call = Call, string? id = null, string? subject = null) =>
        SendAsync(call, "CONFIRM", "UP", id, subject: subject);

    public Task<RpcReply> SendAsync(
        string call, string command, string value, string? id = null, bool possibleDuplicate = false, bool onlyOurs = false,
        string? subject = null, IdHistory? history = null, int seconds = 30, string? clockTrouble = null,
        string? owner = null, CancellationToken stopping = default) =>
        _handler.HandleAsync(
            new RpcRequestContext
            {
                Id = $"{id ?? $"order-{++_ids}"}{(owner is null ? "" : "~" + owner)}",
                Owner = owner,
                Body = Encoding.UTF8.GetBytes($$"""{"connid":"{{call}}","{{command}}":"{{value}}"}"""),
                Deadline = Clock.GetUtcNow().AddSeconds(seconds),
                History = possibleDuplicate ? IdHistory.Repeat : history ?? IdHistory.New,
                CoveredSince = onlyOurs ? DateTimeOffset.MinValue : null,
                Subject = subject,
                ClockTrouble = clockTrouble,
                Fence = new TestFence(LostFence),
                Stopping = stopping,
            },
            CancellationToken.None);

    /// <summary>An order as a gateway sends it.</summary>
    public Task<RpcReply> SendAsync(PpvOrder order) => _handler.HandleAsync(
        new RpcRequestContext
        {
            Id = order.Id,
            Body = OrderJson.ToBytes(order),
            Deadline = Clock.GetUtcNow().AddSeconds(30),
            History = IdHistory.New,
            Subject = order.Subject,
            Owner = order.ConnectionId?.Owner,
        },
        CancellationToken.None);

    /// <summary>EV and EN, answered OK.</summary>
    public async Task PrepareAsync(string call = Call, string number = "1569885", string? subject = null)
    {
        (await EventAsync(call, number, subject)).ShouldSay("OK\r");
        (await SubscriberAsync(call, subject: subject)).ShouldSay("OK\r");
    }

    public async Task<(PpvOrderState State, string? Code)> StatusAsync(string orderId)
    {
        using var json = await AskAsync(orderId);
        return (Enum.Parse<PpvOrderState>(
            json.RootElement.GetProperty("state").GetString()!), json.RootElement.GetProperty("code").GetString());
    }

    /// <summary>The worker's answer to an inquiry, as it is sent.</summary>
    public async Task<JsonDocument> AskAsync(string orderId, DateTimeOffset? coveredSince = null, bool isProven = false)
    {
        var inquiry = new RpcRequestContext
        {
            Id = "inquiry",
            Type = "ppv.status",
            Body = Encoding.ASCII.GetBytes(orderId),
            Deadline = Clock.GetUtcNow().AddSeconds(30),
            History = IdHistory.New,
            CoveredSince = coveredSince,
            IsCoverageProven = isProven,
        };
        return JsonDocument.Parse((await _handler.HandleAsync(inquiry, CancellationToken.None)).Body);
    }

    /// <summary>Wizard gets the commands of this kind and does not answer.</summary>
    public void Mute(PpvCommandKind kind) => Wizard.Answer = (request, _) => request.Command.Kind == kind
        ? throw new WizardException(WizardFailure.MaybeSent, "Wizard timed out.")
        : Task.FromResult(new WizardReply(request.Line, "OK"));

    /// <summary>Wizard gets the next confirms, and answers them when the test says so.</summary>
    public TaskCompletionSource<string> HoldConfirms()
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Wizard.Answer = async (request, _) =>
            new WizardReply(request.Line, request.Command.Kind == PpvCommandKind.Confirm ? await answer.Task : "OK");
        return answer;
    }

    public void Dispose() => _lines.Dispose();

    private (LineLeases Lines, RequestHandler Handler) Make()
    {
        var options = Options.Create(_options);
        var lines = new LineLeases(options, Clock);
        var execution = new OrderExecution(Wizard, lines, Journal, options, Clock, PlainLogger<OrderExecution>.None);
        return (lines, new RequestHandler(
            execution, new RunningOrders(), lines, Journal, options, NullRedactorProvider.Instance, Clock,
            _log));
    }
}
