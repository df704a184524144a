using Microsoft.Extensions.Compliance.Redaction;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What the worker does with an order, and what it says of it; with the old formula's lines, so that each order stands for itself.
/// </summary>
public sealed class RequestHandlerTests : IDisposable
{
    private const string Event = "{'connid': '012703395c597610', 'EV': '262193'}";
    private const string Confirm = """{"connid":"012703395c597610","CONFIRM":"UP"}""";
    private const string NoConnId = """{"EV":"1"}""";
    private readonly TestClock _clock = new();
    private readonly FakeWizard _wizard = new();
    private readonly LogCollector _log = new();
    private readonly PpvServerOptions _options = new() { Server = { LineAllocation = LineAllocation.Modulo } };
    private readonly InMemoryOrderJournal _journal;
    private readonly RunningOrders _running = new();
    private int _ids;
    private readonly LineScheduler _lines;
    private readonly ILoggerFactory _loggers;

    public RequestHandlerTests()
    {
        _lines = new LineScheduler(_clock);
        _journal = new InMemoryOrderJournal(null, _clock);
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData(Event, "EV=262193")]
    [InlineData(Confirm, "CONFIRM=UP")]
    public async Task An_order_goes_to_Wizard_on_the_line_of_the_old_formula_and_its_answer_comes_back(string body, string command)
    {
        var reply = await HandleAsync(body);
        Check(reply, "OK\r", RpcOutcome.Completed);
        var request = _wizard.Requests.ShouldHaveSingleItem();
        (request.Line.Value, request.Command.ToString(), request.Deadline).ShouldBe(
            (16, command, _clock.GetUtcNow() + TimeSpan.FromSeconds(30)));
        _log.Entries.Single().Message.ShouldContain("Order id-1 of call 012703395c597610, " + command);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("""{"connid":"1","XX":"1"}""")]
    [InlineData("""{"connid":"1","EV":"1","CONFIRM":"UP"}""")]
    [InlineData("""{"connid":"1","CONFIRM":"NO"}""")]
    [InlineData("""{"connid":"1","EV":"1\rA017UP"}""")]
    [InlineData("""{"connid":1.5,"EV":{}}""")]
    [InlineData(NoConnId)]
    public async Task What_is_no_order_is_refused_and_Wizard_is_not_bothered(string body)
    {
        Check(await HandleAsync(body), "ER998", RpcOutcome.NotExecuted);
        _wizard.Requests.ShouldBeEmpty();
        _log.Entries.Single().Level.ShouldBe(LogLevel.Warning);
    }

    [Fact]
    public async Task An_order_without_connid_goes_to_the_line_named_for_it()
    {
        _options.Server.NoConnIdLine = 30;
        Check(await HandleAsync(NoConnId), "OK\r", RpcOutcome.Completed);
        _wizard.Requests.Single().Line.Value.ShouldBe(30);
    }

    [Theory]
    [InlineData(Confirm)]
    [InlineData("""{"CONFIRM":"UP"}""")]
    public async Task A_confirm_that_was_delivered_before_is_never_sent(string body)
    {
        Check(await HandleAsync(body, redelivered: true), "ER444", RpcOutcome.Unknown);
        _wizard.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_command_that_was_delivered_before_is_sent_again() =>
        Check(await HandleAsync(Event, redelivered: true), "OK\r", RpcOutcome.Completed);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task An_order_past_its_deadline_is_not_started(int seconds)
    {
        Check(await HandleAsync(Confirm, seconds: seconds), "ER444", RpcOutcome.NotExecuted);
        _wizard.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_whose_line_is_not_free_in_time_is_not_started()
    {
        using var other = await _lines.AcquireAsync(new LineNumber(16), DateTimeOffset.MaxValue, CancellationToken.None);
        var reply = HandleAsync(Confirm);
        reply.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(30));
        Check(await reply.WaitAsync(Hang.Limit), "ER444", RpcOutcome.NotExecuted);
        _wizard.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Commands_for_one_line_go_one_after_the_other_and_other_lines_do_not_wait()
    {
        var answers = new Dictionary<int, TaskCompletionSource<WizardReply>> { [16] = new(), [20] = new() };
        _wizard.Answer = (request, _) => answers[request.Line.Value].Task;
        var first = HandleAsync(Event);
        var second = HandleAsync(Confirm);
        var other = HandleAsync("""{"connid":"0127032d64a94732","EV":"1"}""");
        _wizard.Requests.Select(request => (request.Line.Value, request.Command.Kind)).ShouldBe(
            [(16, PpvCommandKind.Event), (20, PpvCommandKind.Event)]);
        answers[20].SetResult(new WizardReply(new LineNumber(20), "OK"));
        await other.WaitAsync(Hang.Limit);
        answers[16].SetResult(new WizardReply(new LineNumber(16), "OK"));
        await Task.WhenAll(first, second).WaitAsync(Hang.Limit);
        _wizard.Requests[2].Command.Kind.ShouldBe(PpvCommandKind.Confirm);
        _lines.BusyLines.ShouldBe(0);
    }

    [Theory]
    [InlineData(WizardFailure.NotSent, RpcOutcome.NotExecuted)]
    [InlineData(WizardFailure.MaybeSent, RpcOutcome.Unknown)]
    public async Task Wizards_failure_says_whether_it_was_asked(WizardFailure failure, RpcOutcome outcome)
    {
        _wizard.Answer = (_, _) => throw new WizardException(failure, "The cable is cut.");
        var reply = await HandleAsync(Confirm);
        Check(reply, "ER444", outcome);
        reply.Reason.ShouldNotBeNull().ShouldEndWith("The worker's log says why.");
        reply.Reason.ShouldNotContain("cable");
        _lines.BusyLines.ShouldBe(0);
    }

    [Fact]
    public async Task An_exception_that_nobody_foresaw_is_unknown_and_logged()
    {
        _wizard.Answer = (_, _) => throw new InvalidOperationException("bug");
        Check(await HandleAsync(Confirm), "ER444", RpcOutcome.Unknown);
        _log.Entries.Count(entry => entry.Level == LogLevel.Error && entry.Exception is InvalidOperationException).ShouldBe(1);
        (await _journal.UnknownsAsync()).ShouldHaveSingleItem("it must not look as if it still ran");
        _lines.BusyLines.ShouldBe(0);
    }

    [Fact]
    public async Task A_worker_that_stops_gives_the_order_back()
    {
        _wizard.Answer = (_, token) => Task.FromCanceled<WizardReply>(token);
        using var stop = new CancellationTokenSource();
        using var other = await _lines.AcquireAsync(new LineNumber(16), DateTimeOffset.MaxValue, CancellationToken.None);
        var waiting = Handler().HandleAsync(Call(Event), stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [Fact]
    public async Task The_codes_are_options()
    {
        (_options.Server.InvalidOrderCode, _options.Server.WizardUnavailableCode) = ("E1", "E2");
        Check(await HandleAsync(""), "E1", RpcOutcome.NotExecuted);
        Check(await HandleAsync(Confirm, redelivered: true), "E2", RpcOutcome.Unknown);
    }

    [Fact]
    public async Task An_id_that_could_be_no_order_id_does_no_harm() =>
        Check(await Handler().HandleAsync(Call(Event, id: "two words\n"
            + new string('x', 200)), CancellationToken.None), "OK\r", RpcOutcome.Completed);

    [Theory]
    [InlineData(false, 0, 10)] // Past their deadline.
    [InlineData(true, 30, 15)] // In doubt.
    public async Task Of_orders_that_were_not_executed_ten_are_told_at_once_and_each_that_is_unknown(
        bool redelivered, int seconds, int lines)
    {
        var handler = Handler();
        for (var i = 0; i < 15; i++) await handler.HandleAsync(Call(Confirm, redelivered, seconds), CancellationToken.None);
        _log.Entries.Count.ShouldBe(lines);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await handler.HandleAsync(Call(Confirm, redelivered, seconds), CancellationToken.None);
        _log.Entries.Count.ShouldBe(lines + 1);
        _log.Entries[^1].Message.EndsWith("Before it 5 of this kind were left out.", StringComparison.Ordinal).ShouldBe(!redelivered);
    }

    private Task<RpcReply> HandleAsync(string body, bool redelivered = false, int seconds = 30) =>
        Handler().HandleAsync(Call(body, redelivered, seconds), CancellationToken.None);

    private RpcRequestContext Call(string body, bool redelivered = false, int seconds = 30, string? id = null) => new()
    {
        Id = id ?? $"id-{++_ids}",
        Body = Encoding.UTF8.GetBytes(body),
        Deadline = _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds),
        History = redelivered ? IdHistory.Repeat : IdHistory.New,
    };

    private RequestHandler Handler()
    {
        var options = Options.Create(_options);
        var lines = new ModuloLines(_lines, options);
        var execution = new OrderExecution(_wizard, lines, _journal, options, _clock, new PlainLogger<OrderExecution>(_loggers));
        return new RequestHandler(
            execution, _running, lines, _journal, options, NullRedactorProvider.Instance, _clock,
            new PlainLogger<RequestHandler>(_loggers));
    }

    private static void Check(RpcReply reply, string body, RpcOutcome outcome)
    {
        Encoding.ASCII.GetString(reply.Body.Span).ShouldBe(body);
        reply.Outcome.ShouldBe(outcome);
        (reply.Reason is null).ShouldBe(outcome == RpcOutcome.Completed);
    }
}
