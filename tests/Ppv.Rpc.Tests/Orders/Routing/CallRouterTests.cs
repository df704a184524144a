using Ppv.Protocol;
using Ppv.Rpc.Tests.Support;
using Ppv.Testing;
using Ppv.Testing.Broker;
using static Ppv.Rpc.Tests.Support.TwoQueues;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>A call stays with the worker it began with, also when the queues change; who is asked for it, and what silence means.</summary>
public sealed class CallRouterTests : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _disposables = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var disposable in _disposables) await disposable.DisposeAsync();
    }

    [Fact]
    public async Task Long_after_a_change_each_call_goes_to_its_queue_and_nobody_is_asked()
    {
        var queues = Make();
        queues.Settle();
        foreach (var queue in (string[])[A, B])
        {
            await queues.SendAsync(PpvOrder.Event(CallOf(queue), "1"));
            await queues.SendAsync(PpvOrder.Subscriber(CallOf(queue), "1"));
            await queues.SendAsync(PpvOrder.Confirm(CallOf(queue)));
            queues.TakeSeen().ShouldBe([$"{queue} Event", $"{queue} Subscriber", $"{queue} Confirm"]);
        }
    }

    [Theory]
    [InlineData(PpvCommandKind.Event)]
    [InlineData(PpvCommandKind.Subscriber)]
    [InlineData(PpvCommandKind.Confirm)]
    public async Task After_a_start_a_call_in_progress_is_found_where_it_is_and_asked_for_once(PpvCommandKind kind)
    {
        var queues = Make();
        var call = CallOf(B);
        queues.Open.Add($"{A} {call}");

        (await queues.SendAsync(Order(call, kind))).Outcome.ShouldBe(RpcOutcome.Completed);
        queues.TakeSeen().ShouldBe([$"{B} ?{call}", $"{A} ?{call}", $"{A} {kind}"]);

        await queues.SendAsync(PpvOrder.Confirm(call));
        queues.TakeSeen().ShouldBe([$"{A} Confirm"]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task After_the_clock_was_set_past_a_change_of_the_queues_calls_in_progress_are_asked_for(int hours)
    {
        var from = Start + (hours > 0 ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(-30));
        var queues = Make(from);
        queues.Settle();
        var call = CallOf(B);
        var (has, hasNot) = hours > 0 ? (A, B) : (B, A);
        queues.Open.Add($"{has} {call}");

        queues.Clock.Step(TimeSpan.FromHours(hours));

        await queues.SendAsync(PpvOrder.Confirm(call));
        queues.TakeSeen().ShouldBe([$"{hasNot} ?{call}", $"{has} ?{call}", $"{has} Confirm"]);
        queues.Settle();
        await queues.SendAsync(PpvOrder.Event(CallOf(hasNot, 1), "1"));
        queues.TakeSeen().ShouldAllBe(seen => seen.EndsWith(" Event", StringComparison.Ordinal), "the change is long over");
    }

    [Fact]
    public async Task A_call_that_the_chosen_queue_has_is_asked_for_there_only()
    {
        var queues = Make();
        var call = CallOf(B);
        queues.Open.UnionWith([$"{A} {call}", $"{B} {call}"]);
        await queues.SendAsync(PpvOrder.Confirm(call));
        queues.TakeSeen().ShouldBe([$"{B} ?{call}", $"{B} Confirm"]);
    }

    [Fact]
    public async Task A_new_call_goes_to_the_chosen_queue_and_this_client_knows_that()
    {
        var queues = Make();
        var call = CallOf(B);
        await queues.SendAsync(PpvOrder.Event(call, "1"));
        queues.TakeSeen().ShouldBe([$"{B} ?{call}", $"{A} ?{call}", $"{B} Event"]);
        await queues.SendAsync(PpvOrder.Subscriber(call, "1"));
        await queues.SendAsync(PpvOrder.Event(call, "2"));
        queues.TakeSeen().ShouldBe([$"{B} Subscriber", $"{B} Event"]);
    }

    [Fact]
    public async Task A_call_that_was_found_stays_there_also_after_the_change_for_as_long_as_it_goes_on()
    {
        var queues = Make();
        var call = CallOf(B);
        queues.Open.Add($"{A} {call}");
        for (var n = 0; n < 4; n++)
        {
            await queues.SendAsync(PpvOrder.Subscriber(call, "1"));
            queues.TakeSeen()[^1].ShouldBe($"{A} Subscriber");
            queues.Clock.Advance(TimeSpan.FromMinutes(4));
        }

        queues.Settle();
        await queues.SendAsync(PpvOrder.Event(call, "1"));
        queues.TakeSeen().ShouldBe([$"{B} Event"]);
    }

    [Fact]
    public async Task A_queues_beginning_moves_no_call_in_progress()
    {
        var queues = Make(from: Start.AddHours(1));
        queues.Settle();
        var call = CallOf(B);
        await queues.SendAsync(PpvOrder.Event(call, "1"));
        queues.TakeSeen().ShouldBe([$"{A} Event"]);
        queues.Open.Add($"{A} {call}");
        queues.Clock.SetUtcNow(Start.AddHours(1));

        await queues.SendAsync(PpvOrder.Subscriber(call, "1"));
        await queues.SendAsync(PpvOrder.Confirm(call));

        queues.TakeSeen().ShouldBe([$"{B} ?{call}", $"{A} ?{call}", $"{A} Subscriber", $"{A} Confirm"]);
        await queues.SendAsync(PpvOrder.Event(CallOf(B, 1), "1"));
        queues.TakeSeen()[^1].ShouldBe($"{B} Event");
    }

    [Fact]
    public async Task A_gateway_whose_clock_is_behind_finds_calls_on_a_queue_that_has_not_begun_for_it()
    {
        var queues = Make(from: Start.AddHours(1));
        queues.Settle();
        queues.Clock.SetUtcNow(Start.AddHours(1).AddSeconds(-5));
        queues.Open.Add($"{B} {CallOf(B)}");
        await queues.SendAsync(PpvOrder.Subscriber(CallOf(B), "1"));
        queues.TakeSeen()[^1].ShouldBe($"{B} Subscriber");
    }

    [Theory]
    [InlineData(A)]
    [InlineData(B)]
    public async Task The_event_of_a_new_call_goes_to_the_chosen_queue_also_when_a_worker_is_silent(string down)
    {
        var queues = Make();
        queues.Down.Add(down);
        await queues.ReadyAsync();
        var result = await queues.RunAsync(queues.Client.SendAsync(PpvOrder.Event(CallOf(B), "1")));
        queues.TakeSeen()[^1].ShouldBe($"{B} Event");
        result.Outcome.ShouldBe(down == B ? RpcOutcome.Unknown : RpcOutcome.Completed);
    }

    [Theory]
    [InlineData(PpvCommandKind.Subscriber)]
    [InlineData(PpvCommandKind.Confirm)]
    public async Task What_can_only_be_meant_for_a_silent_worker_waits_for_it(PpvCommandKind kind)
    {
        var queues = Make();
        queues.Down.Add(A);
        await queues.ReadyAsync();
        var call = CallOf(B);
        (await queues.RunAsync(queues.Client.SendAsync(Order(call, kind)))).Outcome.ShouldBe(RpcOutcome.Unknown);
        queues.TakeSeen().ShouldBe([$"{B} ?{call}", $"{A} ?{call}", $"{A} {kind}"]);

        // That was a guess, so it is asked for again.
        queues.Down.Clear();
        queues.Open.Add($"{B} {call}");
        await queues.SendAsync(Order(call, kind));
        queues.TakeSeen().ShouldBe([$"{B} ?{call}", $"{B} {kind}"]);
    }

    [Theory]
    [InlineData(PpvCommandKind.Subscriber, RpcOutcome.NotExecuted)]
    [InlineData(PpvCommandKind.Confirm, RpcOutcome.Unknown)] // Another confirm of the call may have been executed.
    public async Task What_may_be_meant_for_either_of_two_silent_workers_goes_to_none_of_them(PpvCommandKind kind, RpcOutcome expected)
    {
        var queues = Make();
        queues.Down.UnionWith([A, B]);
        await queues.ReadyAsync();
        var call = CallOf(B);
        var order = Order(call, kind);

        var result = await queues.RunAsync(queues.Client.SendAsync(order));

        (result.Outcome, result.OrderId, result.Code).ShouldBe((expected, order.Id, null));
        result.Reason!.ShouldStartWith("Several workers don't answer, and any of them may have the call.");
        result.Detail!.ShouldStartWith($"The workers on the queues {B} and {A} don't answer, and any of them may have the call.");
        queues.TakeSeen().ShouldBe([$"{B} ?{call}", $"{A} ?{call}"]);
        (await queues.RunAsync(queues.Client.SendAsync(Order(call, kind), IdHistory.Repeat))).Outcome.ShouldBe(RpcOutcome.Unknown);

        queues.Down.Clear();
        queues.Open.Add($"{A} {call}");
        (await queues.SendAsync(order)).Outcome.ShouldBe(RpcOutcome.Completed);
        queues.TakeSeen()[^1].ShouldBe($"{A} {kind}");
    }

    [Fact]
    public async Task Asking_takes_no_time_from_anybody_but_the_caller_and_has_a_bound()
    {
        var queues = Make(replyTimeout: TimeSpan.FromSeconds(10));
        queues.Down.UnionWith([A, B]);
        await queues.ReadyAsync();
        var sending = queues.RunAsync(queues.Client.SendAsync(PpvOrder.Event(CallOf(A), "1")));
        var messages = new List<TimeSpan>();
        for (var n = 0; n < 3; n++) messages.Add((await queues.Connection.NextPublishedAsync()).Message.Expiration!.Value);
        await sending.Within();

        messages[0].ShouldBe(TimeSpan.FromSeconds(1));
        messages[1].ShouldBe(TimeSpan.FromSeconds(1));
        messages[2].ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Nobody_is_asked_before_there_is_a_connection()
    {
        var queues = Make();
        var call = CallOf(B);
        queues.Open.Add($"{A} {call}");
        queues.CanDial = () => queues.Clock.GetUtcNow() >= Start.AddSeconds(5);
        (await queues.RunAsync(
            queues.Client.SendAsync(PpvOrder.Confirm(call)), TimeSpan.FromMilliseconds(10))).Outcome.ShouldBe(RpcOutcome.Completed);
        queues.TakeSeen()[^1].ShouldBe($"{A} Confirm");
    }

    [Fact]
    public async Task Without_a_connection_the_order_is_not_executed()
    {
        var queues = Make();
        queues.CanDial = () => false;
        var result = await queues.RunAsync(queues.Client.SendAsync(PpvOrder.Confirm(CallOf(B))), TimeSpan.FromMilliseconds(5));
        result.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        result.Reason!.ShouldStartWith("There is no connection to the broker.");
        (queues.Clock.GetUtcNow() - Start).ShouldBeInRange(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task Orders_without_connid_go_to_the_first_queue()
    {
        var queues = Make();
        await queues.SendAsync(new PpvOrder(null, PpvCommand.Event("1")));
        queues.TakeSeen().ShouldBe([$"{A} Event"]);
    }

    [Fact]
    public async Task Every_queue_is_there_before_its_worker_is()
    {
        var broker = new InMemoryBroker();
        var rpc = new RpcOptions
        {
            Queues = [new QueueRoute { Name = A }, new QueueRoute { Name = B, From = DateTimeOffset.MaxValue }],
            ReplyTimeout = TimeSpan.FromMilliseconds(100),
        };
        await using var client = new RpcClient(new InMemoryDialer(broker), new BrokerOptions(), rpc, null, null);
        await client.ConnectAsync(TimeSpan.FromSeconds(20), CancellationToken.None);

        // Not returned, which would mean not executed: somebody may take it yet.
        foreach (var queue in (string[])[A, B])
            (await client.SendAsync(new RpcRequest("1", "{}"u8.ToArray()) { Queue = queue }).Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task A_caller_who_leaves_while_workers_are_asked_has_sent_nothing()
    {
        var queues = Make();
        queues.Down.UnionWith([A, B]);
        using var leaving = new CancellationTokenSource();
        var sending = queues.Client.SendAsync(PpvOrder.Confirm(CallOf(A)), leaving.Token);
        await queues.Connection.NextPublishedAsync();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending.Within());
        queues.TakeSeen().ShouldBe([$"{A} ?{CallOf(A)}"]);
    }

    private static PpvOrder Order(ConnectionId call, PpvCommandKind kind) => kind switch
    {
        PpvCommandKind.Event => PpvOrder.Event(call, "1"),
        PpvCommandKind.Subscriber => PpvOrder.Subscriber(call, "1"),
        _ => PpvOrder.Confirm(call),
    };

    private TwoQueues Make(DateTimeOffset? from = null, TimeSpan? replyTimeout = null)
    {
        var queues = new TwoQueues(from, replyTimeout);
        _disposables.Add(queues);
        return queues;
    }
}
