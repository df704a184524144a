using System.Collections.Concurrent;
using System.Text;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>A purchase in one call: its steps, what each may end with, repeats and cancelling. The worker is the test.</summary>
public sealed class PurchaseTests : IAsyncDisposable
{
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _connection = new();
    private readonly ConcurrentQueue<BrokerMessage> _sent = new();
    private readonly ConcurrentDictionary<string, (string Body, RpcOutcome? Outcome)?> _answers = new();
    private readonly PpvClient _client;
    private bool _canDial = true;
    private PpvOrderStatus? _status;

    public PurchaseTests()
    {
        _connection.Publishing = (_, message) =>
        {
            Serve(message);
            return Task.CompletedTask;
        };
        _client = new PpvClient(
            new ScriptedDialer((_, _) => _canDial ? _connection : throw ScriptedDialer.Unavailable),
            new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] } }, null, _clock);
    }

    private IEnumerable<string> SentIds => _sent.Select(message => message.Type ?? message.MessageId!);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task The_three_commands_go_out_one_after_the_other_on_one_deadline()
    {
        var result = await PurchaseAsync("cart-7", timeout: TimeSpan.FromSeconds(12));

        result.ShouldBe(new PpvPurchaseResult("cart-7", RpcOutcome.Completed, PpvPurchaseStep.Confirm, "OK", null));
        (result.IsBought, result.IsRefused).ShouldBe((true, false));
        SentIds.ShouldBe(["cart-7.EV", "cart-7.EN", "cart-7.UP"]);
        _sent.Select(message => message.Deadline).Distinct().ShouldBe([_clock.GetUtcNow().AddSeconds(12)]);
        _sent.ShouldAllBe(message => message.History.IsNew);
        _sent.Select(message => Encoding.UTF8.GetString(message.Body.Span)).ShouldBe(
            [.. new[] { PpvCommand.Event("262193"), PpvCommand.Subscriber("85165320"), PpvCommand.Confirm }
                .Select(command => Encoding.UTF8.GetString(OrderJson.ToBytes(new PpvOrder(Call, command))))]);
    }

    [Fact]
    public async Task Without_a_key_each_purchase_has_one_of_its_own_and_tells_it()
    {
        var (first, second) = (await PurchaseAsync(null), await PurchaseAsync(null));
        first.Key.ShouldNotBe(second.Key);
        SentIds.First().ShouldBe($"{first.Key}.EV");
    }

    [Theory]
    [InlineData("EV", PpvPurchaseStep.Event, 1)]
    [InlineData("EN", PpvPurchaseStep.Subscriber, 2)]
    public async Task What_wizard_refuses_before_the_confirm_is_not_bought(string command, PpvPurchaseStep step, int sent)
    {
        _answers[$"k.{command}"] = ("ER007\r", RpcOutcome.Completed);

        var result = await PurchaseAsync("k");

        (result.Outcome, result.Step, result.Code).ShouldBe((RpcOutcome.NotExecuted, step, "ER007"));
        (result.IsBought, result.IsRefused).ShouldBe((false, true));
        result.Reason!.ShouldContain("ER007");
        _sent.Count.ShouldBe(sent);
    }

    [Theory]
    [InlineData(RpcOutcome.NotExecuted)]
    [InlineData(RpcOutcome.Unknown)]
    public async Task Whatever_became_of_the_first_commands_nothing_is_bought_where_no_confirm_was_sent(RpcOutcome outcome)
    {
        _answers["k.EN"] = ("ER444", outcome);
        (await PurchaseAsync("k")).ShouldSatisfyAllConditions(
            result => result.Outcome.ShouldBe(RpcOutcome.NotExecuted),
            result => result.Step.ShouldBe(PpvPurchaseStep.Subscriber),
            result => result.Code.ShouldBe("ER444"),
            result => result.IsRefused.ShouldBeFalse());
        SentIds.ShouldBe(["k.EV", "k.EN"]);
    }

    [Fact]
    public async Task A_confirm_that_wizard_refuses_is_completed_and_not_bought()
    {
        _answers["k.UP"] = ("ER007\r", RpcOutcome.Completed);
        var result = await PurchaseAsync("k");
        (result.Outcome, result.Code, result.IsBought, result.IsRefused).ShouldBe((RpcOutcome.Completed, "ER007", false, true));
    }

    [Fact]
    public async Task A_confirm_that_nobody_answers_is_unknown_and_asked_again_it_is_marked_as_a_repeat()
    {
        _answers["k.UP"] = null;
        var purchase = PurchaseAsync("k", timeout: TimeSpan.FromSeconds(5));
        await Bounds.UntilAsync(() => _sent.Count == 3, "the confirm");
        var result = await _clock.AdvanceUntilAsync(purchase, TimeSpan.FromSeconds(1));
        (result.Outcome, result.Step, result.Code).ShouldBe((RpcOutcome.Unknown, PpvPurchaseStep.Confirm, null));
        (result.IsBought, result.IsRefused).ShouldBe((false, false));
        _sent.Clear();
        _answers["k.UP"] = ("OK\r", RpcOutcome.Completed);

        (await PurchaseAsync("k")).IsBought.ShouldBeTrue();

        SentIds.ShouldBe(["k.EV", "k.EN", "k.UP"]);
        _sent.ShouldAllBe(message => message.History.IsRepeat);
    }

    [Theory]
    [InlineData(false, RpcOutcome.NotExecuted)]
    [InlineData(true, RpcOutcome.Unknown)]
    public async Task Without_a_broker_only_the_first_time_proves_that_nothing_was_bought(bool isRepeat, RpcOutcome expected)
    {
        _canDial = false;
        var result = await _clock.AdvanceUntilAsync(PurchaseAsync("k", isRepeat), TimeSpan.FromSeconds(1));
        result.Outcome.ShouldBe(expected);
        _sent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(PpvOrderState.Completed, RpcOutcome.Completed, "OK")]
    [InlineData(PpvOrderState.Completed, RpcOutcome.Completed, "ER007")]
    [InlineData(PpvOrderState.NotExecuted, RpcOutcome.NotExecuted, null)]
    [InlineData(PpvOrderState.Unknown, RpcOutcome.Unknown, null)]
    [InlineData(PpvOrderState.NeverSeen, RpcOutcome.Unknown, null)]
    [InlineData(PpvOrderState.Unavailable, RpcOutcome.Unknown, null)]
    public async Task A_repeat_that_comes_to_no_confirm_is_what_the_worker_knows_of_the_confirm(
        PpvOrderState state, RpcOutcome expected, string? code)
    {
        _answers["k.EV"] = ("ER444", RpcOutcome.NotExecuted);
        _status = new PpvOrderStatus("k.UP", state, code, null);

        var result = await PurchaseAsync("k", isRepeat: true);

        (result.Outcome, result.Step, result.Code).ShouldBe((expected, PpvPurchaseStep.Confirm, code));
        (result.IsBought, result.IsRefused).ShouldBe((code == "OK", code == "ER007"));
        SentIds.ShouldBe(["k.EV", "ppv.status"]);
    }

    [Fact]
    public async Task Who_asks_for_a_purchase_that_runs_gets_the_same_result_and_another_one_under_its_key_is_refused()
    {
        _answers["k.EN"] = null;
        var first = PurchaseAsync("k");
        await Bounds.UntilAsync(() => _sent.Count == 2, "the subscriber");
        var second = PurchaseAsync("k");
        var other = await _client.PurchaseAsync(Call, "999", "85165320", "k").Within();
        (other.Outcome, other.IsKeyOfAnother, other.IsBought).ShouldBe((RpcOutcome.NotExecuted, true, false));
        other.Reason!.ShouldStartWith("The key was used before for another event or subscriber; every purchase needs a key of its own.");

        Answer(_sent.Last(), "OK\r", RpcOutcome.Completed);

        (await first).ShouldBe(await second);
        SentIds.ShouldBe(["k.EV", "k.EN", "k.UP"]);
    }

    [Fact]
    public async Task Who_joins_as_a_repeat_is_not_told_that_the_first_time_proves_nothing_was_bought()
    {
        _answers["k.EV"] = null;
        _status = new PpvOrderStatus("k.UP", PpvOrderState.NeverSeen, null, null);
        var first = PurchaseAsync("k");
        await Bounds.UntilAsync(() => _sent.Count == 1, "the event");
        var repeat = PurchaseAsync("k", isRepeat: true);

        Answer(_sent.Last(), "ER444", RpcOutcome.NotExecuted);

        (await repeat).Outcome.ShouldBe(RpcOutcome.Unknown);
        (await first).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task Who_joins_waits_no_longer_than_his_own_time_and_is_told_that_nothing_is_known_yet()
    {
        _answers["k.EN"] = null;
        var first = PurchaseAsync("k", timeout: TimeSpan.FromSeconds(20));
        await Bounds.UntilAsync(() => _sent.Count == 2, "the subscriber");
        var second = PurchaseAsync("k", timeout: TimeSpan.FromSeconds(0.5));
        _clock.Advance(TimeSpan.FromSeconds(0.5));

        var told = await second;

        (told.Outcome, told.Key, told.Step).ShouldBe((RpcOutcome.Unknown, "k", PpvPurchaseStep.Confirm));
        first.IsCompleted.ShouldBeFalse();
        Answer(_sent.Last(), "OK\r", RpcOutcome.Completed);
        (await first).IsBought.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_cancels_gets_no_result_and_no_further_step_is_begun()
    {
        _answers["k.EN"] = null;
        using var cancel = new CancellationTokenSource();
        var purchase = _client.PurchaseAsync(Call, "262193", "85165320", "k", cancellationToken: cancel.Token);
        await Bounds.UntilAsync(() => _sent.Count == 2, "the subscriber");

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(purchase.Within());
        Answer(_sent.Last(), "OK\r", RpcOutcome.Completed);

        // The run is over when the key is free again: the next one under it sends from the start.
        _answers.Clear();
        (await PurchaseAsync("k")).IsBought.ShouldBeTrue();
        SentIds.Count(id => id == "k.UP").ShouldBe(1);
    }

    [Fact]
    public async Task A_purchase_goes_on_for_those_who_have_not_cancelled()
    {
        _answers["k.EN"] = null;
        using var cancel = new CancellationTokenSource();
        var leaves = _client.PurchaseAsync(Call, "262193", "85165320", "k", cancellationToken: cancel.Token);
        var stays = PurchaseAsync("k");
        await Bounds.UntilAsync(() => _sent.Count == 2, "the subscriber");
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leaves.Within());

        Answer(_sent.Last(), "OK\r", RpcOutcome.Completed);

        (await stays).IsBought.ShouldBeTrue();
    }

    [Fact]
    public async Task A_confirm_goes_on_when_its_caller_cancels_and_its_status_can_be_asked_for()
    {
        _answers["k.UP"] = null;
        using var cancel = new CancellationTokenSource();
        var purchase = _client.PurchaseAsync(Call, "262193", "85165320", "k", cancellationToken: cancel.Token);
        await Bounds.UntilAsync(() => _sent.Count == 3, "the confirm");
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(purchase.Within());
        _status = new PpvOrderStatus("k", PpvOrderState.Completed, "OK", null);

        (await _client.GetPurchaseStatusAsync("k").Within()).ShouldBe(_status);

        _sent.Count.ShouldBe(4);
        Encoding.ASCII.GetString(_sent.Last().Body.Span).ShouldBe("k.UP");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("cart-7.1", true)]
    [InlineData("cart 7", false)]
    [InlineData("cärt", false)]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234", true)]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345", false)]
    public void A_key_has_1_to_64_printable_characters_without_spaces(string key, bool isValid) =>
        PpvClient.IsValidKey(key).ShouldBe(isValid);

    [Fact]
    public async Task What_makes_no_sense_is_refused_before_anything_is_sent()
    {
        await Should.ThrowAsync<ArgumentException>(_client.PurchaseAsync(Call, "", "1"));
        await Should.ThrowAsync<ArgumentException>(_client.PurchaseAsync(Call, "1", "a\rb"));
        await Should.ThrowAsync<ArgumentException>(_client.PurchaseAsync(Call, "1", "1", "has spaces"));
        await Should.ThrowAsync<ArgumentException>(_client.PurchaseAsync(Call, "1", "1", new string('k', 65)));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(PurchaseAsync("k", timeout: TimeSpan.FromMinutes(11)));
        Should.Throw<ArgumentOutOfRangeException>(() => { _client.SendAsync(PpvOrder.Confirm(Call), TimeSpan.Zero); });
        await Should.ThrowAsync<ArgumentException>(() => _client.GetPurchaseStatusAsync(""));
        await Should.ThrowAsync<OperationCanceledException>(
            _client.PurchaseAsync(Call, "1", "1", cancellationToken: new CancellationToken(canceled: true)));
        _sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_may_have_a_time_out_of_its_own()
    {
        _answers["order"] = null;
        var sending = _client.SendAsync(PpvOrder.Event(Call, "1") with { Id = "order" }, TimeSpan.FromSeconds(3));
        await Bounds.UntilAsync(() => _sent.Count == 1, "the order");
        _sent.Single().Deadline.ShouldBe(_clock.GetUtcNow().AddSeconds(3));
        var result = await _clock.AdvanceUntilAsync(sending, TimeSpan.FromSeconds(1));
        (result.Outcome, result.Reason).ShouldBe((RpcOutcome.Unknown, "No answer came within 3 s."));
    }

    [Fact]
    public async Task An_old_workers_answer_that_comes_too_late_says_what_it_means()
    {
        var late = new TaskCompletionSource<LateReplyEventArgs>();
        _client.LateReply += (_, args) => late.TrySetResult(args);
        _answers["order"] = null;
        var sending = _client.SendAsync(PpvOrder.Event(Call, "1") with { Id = "order" });
        await Bounds.UntilAsync(() => _sent.Count == 1, "the order");
        await _clock.AdvanceUntilAsync(sending, TimeSpan.FromSeconds(5));

        Answer(_sent.Single(), "OK\r", outcome: null);

        var args = await late.Task.Within();
        (args.Id, args.Reply.Outcome, OrderReply.Text(args.Reply)).ShouldBe(("order", RpcOutcome.Completed, "OK"));
    }

    private Task<PpvPurchaseResult> PurchaseAsync(string? key, bool isRepeat = false, TimeSpan? timeout = null) =>
        _client.PurchaseAsync(Call, "262193", "85165320", key, isRepeat, timeout).Within();

    /// <summary>Answers OK, or as the test says; not at all where it says nothing.</summary>
    private void Serve(BrokerMessage message)
    {
        _sent.Enqueue(message);
        if (message.Type == StatusInquiry.Type)
            Reply(message, StatusInquiry.ToBytes(_status!, coveredFor: null), RpcOutcome.Completed);
        else if (!_answers.TryGetValue(message.MessageId!, out var answer))
            Answer(message, "OK\r", RpcOutcome.Completed);
        else if (answer is { } told)
            Answer(message, told.Body, told.Outcome);
    }

    private void Answer(BrokerMessage message, string body, RpcOutcome? outcome) => Reply(message, Encoding.ASCII.GetBytes(body), outcome);

    private void Reply(BrokerMessage message, byte[] body, RpcOutcome? outcome) =>
        _connection.Replies!(new BrokerMessage { Body = body, CorrelationId = message.CorrelationId, Outcome = outcome });
}
