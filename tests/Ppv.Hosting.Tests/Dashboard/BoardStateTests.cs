using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>What the board says while calls buy, and while something is wrong.</summary>
public sealed class BoardStateTests : IAsyncDisposable
{
    private const string Subscriber = "85165320";
    private static readonly ConnectionId Call = ConnectionId.Parse("012703395c597610");
    private readonly FakeWizard _wizard = new();

    public ValueTask DisposeAsync() => _wizard.DisposeAsync();

    [Fact]
    public async Task A_line_is_leased_busy_waited_for_and_free_again_as_its_call_goes_on()
    {
        await using var app = await StartAsync();
        Text(await LineAsync(app)).ShouldBe("free, 0 wait, EV False EN False UP False, call , last ");

        await SendAsync(app, PpvOrder.Event(Call, "262193"));
        await SendAsync(app, PpvOrder.Subscriber(Call, Subscriber));
        Text(await LineAsync(app)).ShouldBe("leased, 0 wait, EV True EN True UP False, call 012703395c597610, last OK");

        var answer = new TaskCompletionSource<WizardReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wizard.Answer = (_, _) => answer.Task;
        var confirm = app.Client.SendAsync(PpvOrder.Confirm(Call));
        await UntilLineAsync(app, "busy");
        var next = app.Client.SendAsync(PpvOrder.Event(Call, "262194"));
        (await UntilLineAsync(app, "waiting")).GetProperty("waiting").GetInt32().ShouldBe(1);

        _wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, "ER017"));
        answer.SetResult(new WizardReply(new LineNumber(16), "OK"));
        (await confirm).Code.ShouldBe("OK");
        (await next).Code.ShouldBe("ER017");
        Text(await LineAsync(app)).ShouldBe("leased, 0 wait, EV False EN False UP False, call 012703395c597610, last ER017");
    }

    [Fact]
    public async Task A_line_says_since_when_its_call_has_it_and_whose_call_it_is()
    {
        await using var app = await StartAsync();
        (await LineAsync(app)).GetProperty("callSince").ValueKind.ShouldBe(JsonValueKind.Null);
        var call = Call.OwnedBy("ivr");
        await SendAsync(app, PpvOrder.Event(call, "262193"));
        var began = (await LineAsync(app)).GetProperty("callSince").GetDateTimeOffset();

        await SendAsync(app, PpvOrder.Subscriber(call, Subscriber));

        var line = await LineAsync(app);
        line.GetProperty("call").GetString().ShouldBe("012703395c597610~ivr");
        line.GetProperty("callSince").GetDateTimeOffset().ShouldBe(began);
        line.GetProperty("since").GetDateTimeOffset().ShouldBeGreaterThan(began, "that is when its last command ended");
        await SendAsync(app, PpvOrder.Confirm(call));
        (await LineAsync(app)).GetProperty("callSince").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task After_the_confirm_the_line_is_free_and_shows_what_was_done()
    {
        await using var app = await StartAsync();
        await BuyAsync(app);
        var line = await LineAsync(app);
        Text(line).ShouldBe("free, 0 wait, EV True EN True UP True, call , last OK");
        line.GetProperty("since").GetDateTimeOffset().ShouldBe(line.GetProperty("lastAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_lines_last_exchanges_are_shown_the_newest_first_with_the_number_masked()
    {
        await using var app = await StartAsync();
        await BuyAsync(app);
        var exchanges = (await app.GetAsync("/board/lines/16")).GetProperty("exchanges").EnumerateArray().ToList();
        exchanges.Select(exchange => exchange.GetProperty("command").GetString()).ShouldBe(["CONFIRM=UP", "EN=85****20", "EV=262193"]);
        exchanges.ShouldAllBe(exchange => exchange.GetProperty("call").GetString() == "012703395c597610"
            && exchange.GetProperty("outcome").GetString() == "Completed" && exchange.GetProperty("code").GetString() == "OK");
        (await app.Http.GetStringAsync("/board/state") + await app.Http.GetStringAsync("/board/lines/16")).ShouldNotContain(Subscriber);
    }

    [Fact]
    public async Task Orders_and_codes_are_counted_at_every_hop()
    {
        await using var app = await StartAsync();
        await BuyAsync(app);
        using var body = new StringContent("""{"content":{"connid":"012703395c597610","EV":"262194"}}""");
        using (var answer = await app.Http.PostAsync(GatewayApp.Path, body)) answer.EnsureSuccessStatusCode();
        var state = await app.UntilAsync(state => Level(state) == "ok"); // It may have looked before the worker took orders.

        // The gateway had one of the four, the client of this test sent the others itself.
        Hops(state).Select(hop => $"{hop.Name} {hop.Orders} {hop.IsKnown}")
            .ShouldBe(["gateway 1 True", "broker 4 True", "worker 4 True", "wizard 4 True"]);
        state.GetProperty("codes").EnumerateArray().Select(window => window.ToString()).ShouldAllBe(window =>
            window.EndsWith("\"total\":1,\"counts\":[{\"code\":\"OK\",\"count\":1}]}"));
        Verdict(state).ShouldBe("ok: ");
    }

    [Fact]
    public async Task A_confirm_that_was_not_answered_degrades_it_until_somebody_settles_it()
    {
        await using var app = await StartAsync();
        await SendAsync(app, PpvOrder.Event(Call, "262193"));
        await SendAsync(app, PpvOrder.Subscriber(Call, Subscriber));
        _wizard.Answer = (_, _) => throw new WizardException(WizardFailure.MaybeSent, "Wizard timed out.");
        var confirm = PpvOrder.Confirm(Call);
        await app.Client.SendAsync(confirm);

        var state = await app.UntilAsync(state => Level(state) == "degraded");
        Verdict(state).ShouldBe("degraded: The outcome of one confirm is unknown: find out, and settle it.");
        state.GetProperty("unknowns").GetProperty("count").GetInt32().ShouldBe(1);
        var unknown = state.GetProperty("unknowns").GetProperty("oldest").EnumerateArray().Single();
        unknown.GetProperty("orderId").GetString().ShouldBe(confirm.Id);
        unknown.GetProperty("line").GetInt32().ShouldBe(16);
        Text(await LineAsync(app)).ShouldStartWith("resting");

        await app.Services.GetRequiredService<IOrderJournal>().SettleAsync(confirm.Id, bought: false, "A test has looked.");
        Verdict(await app.UntilAsync(state => Level(state) == "ok")).ShouldBe(
            "ok: 1 of 3 orders of the last minute failed at the exchange with Wizard.");
    }

    [Fact]
    public async Task Without_the_broker_it_is_down_and_says_why()
    {
        await using var app = await StartAsync();
        app.Broker.IsRunning = false;
        // Each learns it by itself.
        var state = await app.UntilAsync(state => Verdict(state).Contains("The gateway passes no orders: ", StringComparison.Ordinal)
            && Verdict(state).Contains("The worker passes no orders: ", StringComparison.Ordinal));
        Level(state).ShouldBe("down");
        Hops(state).Single(hop => hop.Name == "broker").Level.ShouldBe("down");
        state.GetProperty("brokers").EnumerateArray().ShouldAllBe(broker => !broker.GetProperty("isReady").GetBoolean());

        app.Broker.IsRunning = true;
        await app.UntilAsync(state => Level(state) == "degraded"); // The connection is less than 30 s old.
    }

    [Fact]
    public async Task Without_Wizard_it_is_down_and_the_warning_is_shown()
    {
        await using var app = await BoardApp.StartAsync();
        await app.Wizard.StopAsync();
        (await app.Client.SendAsync(PpvOrder.Event(Call, "1"))).Code.ShouldBe("ER444");
        var state = await app.UntilAsync(state => Verdict(state).StartsWith("down: Wizard at 127.0.0.1:", StringComparison.Ordinal));
        Hops(state).Single(hop => hop.Name == "wizard").Level.ShouldBe("down");
        state.GetProperty("warnings").EnumerateArray().ShouldContain(
            warning => warning.GetProperty("message").GetString()!.Contains("Wizard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_closed_intake_is_down()
    {
        await using var app = await StartAsync();
        await app.Services.GetServices<IIntake>().Single(intake => intake.Name == "gateway").CloseAsync();
        var state = await app.UntilAsync(state => Verdict(state)
            == "down: An operator has closed the intake of the gateway: 0 orders are under way, and no new ones are taken.");
        Hops(state).Single(hop => hop.Name == "gateway").Level.ShouldBe("down");
    }

    [Fact]
    public async Task Orders_that_wait_for_a_line_degrade_it()
    {
        await using var app = await StartAsync(worker => (worker.Server.FirstLine, worker.Server.LastLine) = (1, 1));
        await SendAsync(app, PpvOrder.Event(Call, "1"));
        using var enough = new CancellationTokenSource();
        var waiting = app.Client.SendAsync(PpvOrder.Event(ConnectionId.Parse("2"), "1"), enough.Token);
        Verdict(await app.UntilAsync(state => Level(state) == "degraded"))
            .ShouldBe("degraded: One order waits because no line of Wizard is free.");
        await enough.CancelAsync();
        await waiting.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_gateway_alone_knows_no_lines_and_says_that_no_worker_takes_its_orders()
    {
        await using var app = await BoardApp.StartAsync(withWorker: false);
        var state = await app.UntilAsync(state => Verdict(state).Contains("No worker takes orders from queue"));
        Level(state).ShouldBe("down");
        state.GetProperty("lines").GetArrayLength().ShouldBe(0);
        state.GetProperty("unknowns").GetProperty("count").ValueKind.ShouldBe(JsonValueKind.Null);
        Hops(state).Select(hop => $"{hop.Name} {hop.IsKnown}").ShouldBe(["gateway True", "broker True", "worker False", "wizard False"]);
        var queue = state.GetProperty("brokers").EnumerateArray().Single().GetProperty("queues").EnumerateArray().Single();
        queue.GetProperty("messages").GetInt32().ShouldBe(0);
        queue.GetProperty("consumers").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task With_the_old_line_formula_lines_are_shown_too()
    {
        await using var app = await StartAsync(worker => worker.Server.LineAllocation = LineAllocation.Modulo);
        await BuyAsync(app);
        Text(await LineAsync(app)).ShouldBe("free, 0 wait, EV True EN True UP True, call , last OK");
        var answer = new TaskCompletionSource<WizardReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wizard.Answer = (_, _) => answer.Task;
        var orders = new[] { "1", "2", "3" }.Select(number => app.Client.SendAsync(PpvOrder.Event(Call, number))).ToArray();
        await app.UntilAsync(state => LineOf(state).GetProperty("waiting").GetInt32() == 2);
        answer.SetResult(new WizardReply(new LineNumber(16), "OK"));
        await Task.WhenAll(orders);
    }

    /// <summary>Where nobody could look is a journal all the same, and confirms may wait in it.</summary>
    [Theory]
    [InlineData(true, "The file is broken.")]
    [InlineData(false, "The journal has not been looked into yet.")]
    public async Task A_journal_that_does_not_answer_is_told_from_one_that_is_not_there(bool isBroken, string told)
    {
        var look = new TaskCompletionSource();
        await using var memory = new InMemoryOrderJournal(new JournalOptions(), TimeProvider.System);
        var journal = new FullDiskJournal(memory) { CannotRead = isBroken, Look = look.Task };
        await using var app = await BoardApp.StartAsync(build: builder =>
            builder.Services.AddSingleton<IOrderJournalStore>(journal).AddSingleton<IWizardClient>(_wizard));
        var unknowns = (await app.UntilAsync(
            state => state.GetProperty("unknowns").GetProperty("problem").GetString() == told)).GetProperty("unknowns");
        unknowns.GetProperty("count").ValueKind.ShouldBe(JsonValueKind.Null);

        look.SetResult();
        if (!isBroken) await app.UntilAsync(state => state.GetProperty("unknowns").GetProperty("count").ValueKind == JsonValueKind.Number);
    }

    private Task<BoardApp> StartAsync(Action<PpvServerOptions>? worker = null) =>
        BoardApp.StartAsync(build: builder => builder.Services.AddSingleton<IWizardClient>(_wizard), worker: worker);

    private static async Task BuyAsync(BoardApp app)
    {
        await SendAsync(app, PpvOrder.Event(Call, "262193"));
        await SendAsync(app, PpvOrder.Subscriber(Call, Subscriber));
        await SendAsync(app, PpvOrder.Confirm(Call));
    }

    private static async Task SendAsync(BoardApp app, PpvOrder order) => (await app.Client.SendAsync(order)).Code.ShouldBe("OK");

    private static async Task<JsonElement> LineAsync(BoardApp app) => LineOf(await app.StateAsync());

    private static async Task<JsonElement> UntilLineAsync(BoardApp app, string state) =>
        LineOf(await app.UntilAsync(board => LineOf(board).GetProperty("state").GetString() == state));

    private static JsonElement LineOf(JsonElement state) =>
        state.GetProperty("lines").EnumerateArray().Single(line => line.GetProperty("number").GetInt32() == 16);

    private static string Text(JsonElement line) =>
        $"{line.GetProperty("state")}, {line.GetProperty("waiting")} wait, EV {line.GetProperty("event")} EN "
        + $"{line.GetProperty("subscriber")} UP {line.GetProperty("confirm")}, call {line.GetProperty("call")}, last "
        + $"{line.GetProperty("lastCode")}";

    private static string Level(JsonElement state) => state.GetProperty("verdict").GetProperty("level").GetString()!;

    private static string Verdict(JsonElement state) => $"{Level(state)}: " + string.Join(
        " ", state.GetProperty("verdict").GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));

    /// <summary>The hops, with the orders of the last step, which a step may have left a moment ago.</summary>
    private static IEnumerable<(string Name, string Level, bool IsKnown, long Orders)> Hops(JsonElement state) =>
        state.GetProperty("path").EnumerateArray().Select(hop => (
            hop.GetProperty("name").GetString()!, hop.GetProperty("level").GetString()!, hop.GetProperty("isKnown").GetBoolean(),
            hop.GetProperty("latest").GetProperty("orders").GetInt64()));
}
