using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Tests.Support;
using static Ppv.Rpc.Tests.Support.TwoQueues;

namespace Ppv.Rpc.Tests.Client;

/// <summary>Of which orders and questions a client with too many of them turns away the next one, and of which never.</summary>
public sealed class TurnedAwayFirstTests : IAsyncDisposable
{
    private const int Room = 16, ForBeginnings = 12, ForUnproven = 14;
    private static readonly ConnectionId Known = ConnectionId.Parse("a");
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly PpvClient _client;
    private int _calls = 0x1000;

    public TurnedAwayFirstTests() => _client = new PpvClient(
        new ScriptedDialer((_, _) => _connection),
        new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] }, Rpc = { MaxPendingRequests = Room, ClientSharePercent = 50 } }, null,
        _clock);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_call_with_a_line_goes_on_when_new_calls_have_filled_their_room()
    {
        await AnsweredAsync(PpvOrder.Event(Known, "1"));
        for (var i = 0; i < ForBeginnings; i++) await WaitsAsync(PpvOrder.Event(NewCall(), "1"));
        await IsTurnedAwayAsync(PpvOrder.Event(NewCall(), "1"));

        await WaitsAsync(PpvOrder.Subscriber(Known, "1"));
        await WaitsAsync(PpvOrder.Confirm(Known));
        await WaitsAsync(PpvOrder.Confirm(NewCall())); // Its EV may have gone through another gateway.
        await WaitsAsync(new PpvOrder(null, PpvCommand.Confirm));
    }

    [Fact]
    public async Task Made_up_confirms_keep_no_call_from_its_own()
    {
        await AnsweredAsync(PpvOrder.Event(Known, "1"));
        for (var i = 0; i < ForUnproven; i++)
            await WaitsAsync(i % 2 == 0 ? PpvOrder.Confirm(NewCall()) : PpvOrder.Subscriber(NewCall(), "1"));
        await IsTurnedAwayAsync(PpvOrder.Confirm(NewCall()));
        await IsTurnedAwayAsync(PpvOrder.Subscriber(NewCall(), "1"));

        await WaitsAsync(PpvOrder.Subscriber(Known, "1"));
        await WaitsAsync(PpvOrder.Confirm(Known));
    }

    [Fact]
    public async Task Neither_does_its_own_client_with_what_it_begins_while_there_are_others()
    {
        await AnsweredAsync(PpvOrder.Event(Known.OwnedBy("shop"), "1"));
        await WaitsAsync(PpvOrder.Event(NewCall().OwnedBy("other"), "1"));
        for (var i = 0; i < ForUnproven / 2; i++) await WaitsAsync(PpvOrder.Confirm(NewCall().OwnedBy("shop")));
        await IsTurnedAwayAsync(PpvOrder.Confirm(NewCall().OwnedBy("shop")));

        await WaitsAsync(PpvOrder.Subscriber(Known.OwnedBy("shop"), "1"));
        await WaitsAsync(PpvOrder.Confirm(Known.OwnedBy("shop")));
    }

    [Fact]
    public async Task Whoever_asks_what_became_of_orders_takes_his_own_room_and_leaves_others_theirs()
    {
        IOwnersClient asking = _client;
        await AnsweredAsync(PpvOrder.Event(Known.OwnedBy("other"), "1"));
        for (var i = 0; i < ForBeginnings / 2; i++)
        {
            _ = asking.GetStatusAsync($"order-{i}~shop", "shop", default);
            var question = (await _connection.NextPublishedAsync()).Message;
            (question.Type, question.Owner).ShouldBe(("ppv.status", null), "the worker is told nothing new");
        }

        (await asking.GetStatusAsync("order-7~shop", "shop", default).Within()).State.ShouldBe(PpvOrderState.Unavailable);
        _ = asking.GetStatusAsync("order-1~other", "other", default);
        await _connection.NextPublishedAsync();
    }

    [Fact]
    public async Task The_questions_that_a_confirm_needs_are_not_turned_away_for_new_calls_either()
    {
        await using var queues = new TwoQueues(maxPendingRequests: Room);
        var silent = CallOf(A);
        queues.Down.Add(A);
        await queues.ReadyAsync();
        for (var i = 1; i <= ForBeginnings; i++)
        {
            _ = queues.Client.SendAsync(PpvOrder.Event(CallOf(A, i), "1")); // Asks A for the call, which does not answer.
            await queues.Connection.NextPublishedAsync();
        }

        queues.TakeSeen().Count.ShouldBe(ForBeginnings);
        _ = queues.Client.SendAsync(PpvOrder.Event(CallOf(A, ForBeginnings + 1), "1"));
        _ = queues.Client.SendAsync(PpvOrder.Confirm(silent));
        await queues.Connection.NextPublishedAsync();
        queues.TakeSeen()[0].ShouldBe($"{A} ?{silent}");
    }

    private ConnectionId NewCall() => ConnectionId.Parse($"{_calls++:x}");

    private async Task AnsweredAsync(PpvOrder order)
    {
        var sending = _client.SendAsync(order);
        var message = (await _connection.NextPublishedAsync()).Message;
        _connection.Replies!(new BrokerMessage
        {
            Body = "OK\r"u8.ToArray(), CorrelationId = message.CorrelationId, Outcome = RpcOutcome.Completed,
        });
        (await sending.Within()).Code.ShouldBe("OK");
    }

    private async Task WaitsAsync(PpvOrder order)
    {
        _ = _client.SendAsync(order);
        (await _connection.NextPublishedAsync()).Message.MessageId.ShouldBe(order.Id);
    }

    private async Task IsTurnedAwayAsync(PpvOrder order)
    {
        var result = await _client.SendAsync(order).Within();
        result.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        result.Reason!.ShouldContain("Ppv:Rpc:MaxPendingRequests");
    }
}
