using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Orders.Routing;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>
/// Who asks for a purchase knows its key, and perhaps no more. So every client finds the same worker by it, however long it has run.
/// </summary>
public sealed class KeyRoutingTests
{
    [Theory]
    [InlineData(false)] // control: nothing else of the call is on the other queue
    [InlineData(true)]
    public async Task A_purchase_that_a_fresh_client_has_sent_where_its_call_was_is_asked_for_there_by_others(bool isCallElsewhere)
    {
        var call = ConnectionId.Parse("1234");
        var made = TwoQueues.Start.AddMinutes(20);
        var key = Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7(made).ToString("N"))
            .First(each => QueueWeight.Of(TwoQueues.A, each) > QueueWeight.Of(TwoQueues.B, each));

        await using var fresh = new TwoQueues();
        fresh.Clock.Step(TimeSpan.FromMinutes(20)); // It is started 20 min after the other one.
        if (isCallElsewhere) fresh.Open.Add($"{TwoQueues.B} {call}"); // An earlier purchase of the call, or its EV through an IVR.
        await fresh.ReadyAsync();
        (await fresh.RunAsync(fresh.Client.PurchaseAsync(call, "7", "8", key))).IsBought.ShouldBeTrue();
        var boughtOn = fresh.TakeSeen().Single(seen => seen.EndsWith(" Confirm", StringComparison.Ordinal))[..7];

        await using var settled = new TwoQueues();
        var confirms = new List<(string Queue, IdHistory History)>();
        var serve = settled.Connection.Publishing!;
        settled.Connection.Publishing = (queue, message) =>
        {
            if (message.Type is null && message.MessageId == $"{key}.UP") confirms.Add((queue, message.History));
            return serve(queue, message);
        };
        await settled.ReadyAsync();
        settled.Clock.Advance(TimeSpan.FromMinutes(21));
        settled.Statuses[boughtOn] = new PpvOrderStatus($"{key}.UP", PpvOrderState.Completed, "OK", null);
        await settled.RunAsync(settled.Client.PurchaseAsync(call, "7", "8", key, isRepeat: true));

        var (sentTo, _) = confirms.Single();
        sentTo.ShouldBe(boughtOn);
    }

    [Theory]
    [InlineData(1, TwoQueues.A)] // control: the queue has not come yet
    [InlineData(3, TwoQueues.B)]
    public async Task A_purchase_that_is_begun_again_after_a_queue_came_goes_where_everybody_sends_it_then(int minutes, string expected)
    {
        var key = Enumerable.Range(0, 100).Select(number => $"order-{number}")
            .First(each => QueueWeight.Of(TwoQueues.B, each) > QueueWeight.Of(TwoQueues.A, each));
        await using var shop = new TwoQueues(from: TwoQueues.Start.AddMinutes(2));
        await shop.ReadyAsync();
        await shop.RunAsync(shop.Client.PurchaseAsync(ConnectionId.Parse("1234"), "7", "8", key));
        shop.TakeSeen().ShouldAllBe(seen => seen.StartsWith(TwoQueues.A, StringComparison.Ordinal));

        shop.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await shop.RunAsync(shop.Client.PurchaseAsync(ConnectionId.Parse("1234"), "7", "8", key, isRepeat: true));

        shop.TakeSeen().Where(seen => seen.EndsWith(" Event", StringComparison.Ordinal)).ShouldBe([$"{expected} Event"]);
    }

    /// <summary>
    /// A shop's undated key is good for as long as journals keep orders, longer than a proxy's id: it may be of any age.
    /// </summary>
    [Theory]
    [InlineData(23, PpvOrderState.Unknown)]
    [InlineData(25, PpvOrderState.Unknown)]
    public async Task The_status_of_an_undated_key_is_no_proof_where_a_worker_covers_no_more_than_a_day(int hours, PpvOrderState expected)
    {
        await using var shop = new TwoQueues();
        shop.Connection.Publishing = (queue, message) =>
        {
            var state = queue == TwoQueues.A ? PpvOrderState.NotExecuted : PpvOrderState.NeverSeen;
            shop.Connection.Replies!(new BrokerMessage
            {
                Body = StatusInquiry.ToBytes(new PpvOrderStatus("order-7.UP", state, null, null), TimeSpan.FromHours(hours)),
                CorrelationId = message.CorrelationId,
                Outcome = RpcOutcome.Completed,
            });
            return Task.CompletedTask;
        };
        await shop.ReadyAsync();
        (await shop.RunAsync(shop.Client.GetPurchaseStatusAsync("order-7"))).State.ShouldBe(expected);
    }
}
