using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>What a key stands for, whoever asks for it, and what is told of a purchase that has a past.</summary>
public sealed class PurchaseKeysTests : IAsyncDisposable
{
    private readonly PurchaseWorker _worker = new();
    private readonly PpvClient _client;

    public PurchaseKeysTests() => _client = _worker.Client();

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task The_orders_of_a_purchase_name_it_and_no_other_purchase_has_that_name()
    {
        await PurchaseWorker.PurchaseAsync(_client, "k1");
        await PurchaseWorker.PurchaseAsync(_worker.Client(), "k1", call: "2"); // The same one, in another call.
        await PurchaseWorker.PurchaseAsync(_client, "k2");
        await PurchaseWorker.PurchaseAsync(_client, "k3", ev: "262194");
        await PurchaseWorker.PurchaseAsync(_client, "k4", subscriber: "85165321");

        var subjects = _worker.Sent.ToLookup(message => message.MessageId!.Split('.')[0], message => message.Subject);
        subjects.ShouldAllBe(purchase => purchase.Distinct().Count() == 1 && purchase.First() != null);
        subjects.Select(purchase => purchase.First()).Distinct().Count().ShouldBe(4);
        subjects["k1"].Count().ShouldBe(6);
        foreach (var subject in subjects.Select(purchase => purchase.First()!))
        {
            subject.ShouldNotContain("85165320");
            subject.Length.ShouldBe(32);
        }

        Purchase.Of("k", ConnectionId.Parse("1"), PpvCommand.Event("12"), PpvCommand.Subscriber("3"), false).Subject.ShouldNotBe(
            Purchase.Of("k", ConnectionId.Parse("1"), PpvCommand.Event("1"), PpvCommand.Subscriber("23"), false).Subject);
    }

    [Fact]
    public async Task After_a_lost_answer_an_application_that_was_restarted_hears_the_truth_under_the_same_key_in_another_call()
    {
        (await _worker.PurchaseWithoutAnswerAsync(_client, "order-7", "order-7.UP")).Outcome.ShouldBe(RpcOutcome.Unknown);

        var result = await PurchaseWorker.PurchaseAsync(_worker.Client(), "order-7", call: "2");

        (result.Outcome, result.IsBought).ShouldBe((RpcOutcome.Completed, true));
        _worker.Bought.Count.ShouldBe(1);
        (await PurchaseWorker.PurchaseAsync(_worker.Client(), "order-7", call: "3")).IsBought.ShouldBeTrue("it was bought already");
        _worker.Bought.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("order-7.EV")]
    [InlineData("order-7.EN")]
    public async Task A_worker_that_has_had_the_key_makes_a_repeat_of_what_its_client_takes_for_new(string known)
    {
        await _worker.PurchaseWithoutAnswerAsync(_client, "order-7", "order-7.UP");
        // What is left of what another worker knew does not cover the confirm.
        _worker.ReplaceBy(_worker.Clock.GetUtcNow(), [.. new[] { "order-7.EV", "order-7.EN", "order-7.UP" }.Where(id => id != known)]);
        _worker.Sent.Clear();

        var result = await PurchaseWorker.PurchaseAsync(_worker.Client(), "order-7", call: "2");

        result.Outcome.ShouldBe(RpcOutcome.Unknown);
        _worker.Bought.Count.ShouldBe(1);
        _worker.Sent.Last(message => message.MessageId == "order-7.UP").History.ShouldBe(IdHistory.Repeat);
    }

    [Fact]
    public async Task A_key_that_says_when_it_was_made_costs_nothing_when_the_worker_covers_it()
    {
        var made = _worker.Clock.GetUtcNow().AddSeconds(-5);
        var key = $"{made.ToUnixTimeMilliseconds()}-7";
        await _worker.PurchaseWithoutAnswerAsync(_client, key, $"{key}.EN"); // No confirm was sent.
        _worker.ReplaceBy(_worker.Clock.GetUtcNow().AddDays(-1));
        (await PurchaseWorker.PurchaseAsync(_worker.Client(), key)).IsBought.ShouldBeTrue();
        _worker.Sent.Last().History.ShouldBe(IdHistory.RepeatSince(made));
    }

    [Fact]
    public async Task The_client_that_was_told_unknown_asks_a_worker_that_knows_nothing_and_buys_nothing()
    {
        await _worker.PurchaseWithoutAnswerAsync(_client, "order-7", "order-7.UP");
        _worker.ReplaceBy(_worker.Clock.GetUtcNow(), "order-7.EV", "order-7.EN", "order-7.UP");
        _worker.Clock.Advance(TimeSpan.FromMinutes(11)); // However long that worker has led.

        (await PurchaseWorker.PurchaseAsync(_client, "order-7")).Outcome.ShouldBe(RpcOutcome.Unknown);

        _worker.Bought.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("known to this client")]
    [InlineData("known to this client, and said to be a repeat")]
    [InlineData("another client")]
    [InlineData("another client, and said to be a repeat")]
    public async Task A_key_that_stands_for_something_else_is_always_refused_in_the_same_way(string where)
    {
        foreach (var (ev, subscriber) in new[] { ("999", "85165320"), ("262193", "111") })
        {
            var key = $"k-{ev}";
            Task<PpvPurchaseResult>? running = null;
            if (where == "running")
            {
                _worker.HeldBack[$"{key}.EN"] = () => { };
                running = PurchaseWorker.PurchaseAsync(_client, key);
                await Bounds.UntilAsync(() => _worker.SentIds.Contains($"{key}.EN"), "the subscriber");
            }
            else
            {
                (await PurchaseWorker.PurchaseAsync(_client, key)).IsBought.ShouldBeTrue();
            }

            var client = where.StartsWith("another", StringComparison.Ordinal) ? _worker.Client() : _client;
            var other = await PurchaseWorker.PurchaseAsync(
                client, key, isRepeat: where.EndsWith("repeat", StringComparison.Ordinal), ev, subscriber, call: "2");

            other.ShouldBe(new PpvPurchaseResult(key, RpcOutcome.NotExecuted, PpvPurchaseStep.Event, null,
                "The key was used before for another event or subscriber; every purchase needs a key of its own. Nothing was bought for "
                + "this one.") { IsKeyOfAnother = true });
            if (running is not null) _worker.HeldBack[$"{key}.EN"]();
            if (running is not null) (await running).IsBought.ShouldBeTrue();
        }

        _worker.Bought.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("k.EV", 1)]
    [InlineData("k.EN", 2)]
    [InlineData("k.UP", 3)]
    public async Task Whichever_order_of_the_key_was_another_purchases_no_further_one_is_sent(string id, int sent)
    {
        _worker.Record(id, "another", PpvOrderState.Completed, "OK");
        var result = await PurchaseWorker.PurchaseAsync(_client, "k");
        (result.IsKeyOfAnother, result.Outcome).ShouldBe((true, RpcOutcome.NotExecuted));
        _worker.Sent.Count.ShouldBe(sent);
        _worker.Bought.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("k.EV")]
    [InlineData("k.EN")]
    [InlineData("k.UP")]
    public async Task That_a_worker_knows_the_key_for_something_else_proves_nothing_of_what_this_client_has_confirmed_before(string id)
    {
        await _worker.PurchaseWithoutAnswerAsync(_client, "k", "k.UP");
        _worker.ReplaceBy(_worker.Clock.GetUtcNow(), "k.EV", "k.EN", "k.UP");
        _worker.Record(id, "another", PpvOrderState.Completed, "OK");
        (await PurchaseWorker.PurchaseAsync(_client, "k")).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task A_worker_that_has_another_confirm_under_the_key_and_does_not_know_whether_it_is_the_same_leaves_it_unknown()
    {
        _worker.Record("k.UP", "another", PpvOrderState.Unknown, null);
        (await PurchaseWorker.PurchaseAsync(_client, "k")).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Theory]
    [InlineData("another", true)]
    [InlineData("mine", false)]
    [InlineData(null, false)] // The record of an old worker.
    public async Task A_record_of_the_confirm_counts_only_for_the_purchase_that_it_is_of(string? subject, bool isRefused)
    {
        var mine = Purchase.Of(
            "k", ConnectionId.Parse("1"), PpvCommand.Event("262193"), PpvCommand.Subscriber("85165320"), false).Subject;
        _worker.Refusals["k.EV"] = "ER007"; // So that only the inquiry is left.
        _worker.Record("k.UP", subject == "mine" ? mine : subject, PpvOrderState.Completed, "OK");

        var result = await PurchaseWorker.PurchaseAsync(_client, "k", isRepeat: true);

        (result.IsKeyOfAnother, result.IsBought).ShouldBe((isRefused, !isRefused));
        result.Outcome.ShouldBe(isRefused ? RpcOutcome.NotExecuted : RpcOutcome.Completed);
    }

    [Theory]
    [InlineData(false, RpcOutcome.NotExecuted)]
    [InlineData(true, RpcOutcome.Unknown)]
    public async Task A_purchase_that_was_cancelled_before_its_confirm_is_still_proven_not_bought_unless_somebody_calls_it_a_repeat(
        bool isRepeat, RpcOutcome expected)
    {
        _worker.HeldBack["k.EV"] = () => { };
        using var cancel = new CancellationTokenSource();
        var purchase = _client.PurchaseAsync(ConnectionId.Parse("1"), "262193", "85165320", "k", cancellationToken: cancel.Token);
        await Bounds.UntilAsync(() => _worker.SentIds.Contains("k.EV"), "the event");
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(purchase.Within());
        _worker.HeldBack.TryRemove("k.EV", out var answer);
        answer!();
        _worker.Refusals["k.EN"] = "ER007";

        (await PurchaseWorker.PurchaseAsync(_client, "k", isRepeat)).Outcome.ShouldBe(expected);

        _worker.SentIds.Contains("ppv.status").ShouldBe(isRepeat);
        _worker.SentIds.ShouldNotContain("k.UP");
        // Unless it joined the one that was about to end.
        _worker.Sent.Where(message => message.MessageId == "k.EV").Skip(1).ShouldAllBe(message => message.History.IsRepeat);
    }

    [Fact]
    public async Task Who_joins_as_a_repeat_while_the_confirm_is_on_its_way_is_not_told_that_its_return_proves_anything()
    {
        var returned = new TaskCompletionSource();
        var isSent = false;
        _worker.Publishing["k.UP"] = () =>
        {
            isSent = true;
            return returned.Task;
        };
        var first = PurchaseWorker.PurchaseAsync(_client, "k");
        await Bounds.UntilAsync(() => isSent, "the confirm");
        var repeat = PurchaseWorker.PurchaseAsync(_client, "k", isRepeat: true);

        returned.SetException(new NotConfirmedException("No queue took it", isReturned: true));

        (await repeat).Outcome.ShouldBe(RpcOutcome.Unknown);
        (await first).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task A_confirm_that_came_back_is_proven_not_bought_the_first_time_only()
    {
        _worker.Publishing["k.UP"] = () => Task.FromException(new NotConfirmedException("No queue took it", isReturned: true));
        (await PurchaseWorker.PurchaseAsync(_client, "k")).Outcome.ShouldBe(RpcOutcome.NotExecuted);
        (await PurchaseWorker.PurchaseAsync(_worker.Client(), "k", isRepeat: true)).Outcome.ShouldBe(RpcOutcome.Unknown);
        _worker.Publishing.Clear();
        (await PurchaseWorker.PurchaseAsync(_client, "k")).IsBought.ShouldBeTrue();
        _worker.Bought.Count.ShouldBe(1);
    }
}
