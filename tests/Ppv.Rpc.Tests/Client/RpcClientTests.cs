using Ppv.Rpc.Orders;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>What a caller is told, in every way a call can end.</summary>
public sealed class RpcClientTests : IAsyncDisposable
{
    private static readonly byte[] Body = "{}"u8.ToArray();
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly RpcOptions _options = new() { Queue = "orders", MaxPendingRequests = 2 };
    private readonly RpcClient _client;

    public RpcClientTests() =>
        _client = Client(new ScriptedDialer((attempt, _) => attempt == 0 ? _connection : throw ScriptedDialer.Unavailable));

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_request_carries_everything_that_the_contract_and_a_new_worker_want()
    {
        var calling = _client.SendAsync(new RpcRequest("order-1", Body));
        var (queue, message) = await _connection.NextPublishedAsync();

        queue.ShouldBe("orders");
        message.Body.ToArray().ShouldBe(Body);
        message.ContentType.ShouldBe("application/json");
        Guid.TryParse(message.CorrelationId, out _).ShouldBeTrue();
        message.MessageId.ShouldBe("order-1");
        message.ReplyTo.ShouldBe("replies");
        message.Expiration.ShouldBe(TimeSpan.FromSeconds(30));
        message.Deadline.ShouldBe(_clock.GetUtcNow().AddSeconds(30));

        Reply(message, "OK\r");
        OrderReply.Read(await calling.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task Answers_find_their_callers_in_any_order()
    {
        var first = _client.SendAsync(new RpcRequest("1", Body));
        var firstMessage = (await _connection.NextPublishedAsync()).Message;
        var second = _client.SendAsync(new RpcRequest("2", Body));
        var secondMessage = (await _connection.NextPublishedAsync()).Message;
        firstMessage.CorrelationId.ShouldNotBe(secondMessage.CorrelationId);

        Reply(secondMessage, "two\r");
        Reply(firstMessage, "one\r");

        Text(await first.Within()).ShouldBe("one\r");
        Text(await second.Within()).ShouldBe("two\r");
        _client.PendingRequests.ShouldBe(0);
    }

    [Theory]
    [InlineData("OK\r", null, RpcOutcome.Completed)]
    [InlineData("\r", null, RpcOutcome.Completed)]
    [InlineData("ER444", null, RpcOutcome.Unknown)]
    [InlineData("", null, RpcOutcome.Unknown)]
    [InlineData("ER444", RpcOutcome.NotExecuted, RpcOutcome.NotExecuted)]
    [InlineData("ER444", RpcOutcome.Unknown, RpcOutcome.Unknown)]
    [InlineData("OK\r", RpcOutcome.Completed, RpcOutcome.Completed)]
    public async Task The_header_decides_and_without_one_the_old_workers_carriage_return(
        string body, RpcOutcome? header, RpcOutcome expected)
    {
        var calling = _client.SendAsync(new RpcRequest("1", Body));
        var message = (await _connection.NextPublishedAsync()).Message;

        Reply(message, body, header);

        var reply = await calling.Within();
        reply.IsOutcomeMissing.ShouldBe(header is null);
        reply.Outcome.ShouldBe(header ?? RpcOutcome.Unknown);
        OrderReply.Read(reply).Outcome.ShouldBe(expected);
        Text(reply).ShouldBe(body);
    }

    [Fact]
    public async Task A_returned_message_proves_that_it_was_not_executed()
    {
        _connection.Publishing = (_, _) => Task.FromException(new NotConfirmedException("No queue took it", isReturned: true));

        var reply = await _client.SendAsync(New("1")).Within();

        reply.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        reply.Reason.ShouldBe("No queue took it.");
    }

    [Fact]
    public async Task A_message_that_was_not_confirmed_proves_nothing()
    {
        _connection.Publishing = (_, _) => Task.FromException(new NotConfirmedException("A nack", isReturned: false));

        (await _client.SendAsync(new RpcRequest("1", Body)).Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task The_answer_counts_even_if_the_confirm_never_comes()
    {
        _connection.Publishing = (_, _) => new TaskCompletionSource().Task;
        var calling = _client.SendAsync(new RpcRequest("1", Body));

        Reply((await _connection.NextPublishedAsync()).Message, "OK\r");

        OrderReply.Read(await calling.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task No_answer_in_time_is_unknown_and_a_late_one_is_dropped()
    {
        var calling = _client.SendAsync(new RpcRequest("1", Body));
        var message = (await _connection.NextPublishedAsync()).Message;
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        calling.IsCompleted.ShouldBeFalse();

        var reply = await _clock.AdvanceUntilAsync(calling, TimeSpan.FromMilliseconds(100));

        reply.Outcome.ShouldBe(RpcOutcome.Unknown);
        reply.Reason.ShouldBe("No answer came within 30 s.");
        _client.PendingRequests.ShouldBe(0);
        Reply(message, "OK\r");
        _client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task When_the_connection_goes_every_waiting_call_ends_at_once_as_unknown()
    {
        var calls = new[] { _client.SendAsync(new RpcRequest("1", Body)), _client.SendAsync(new RpcRequest("2", Body)) };
        await _connection.NextPublishedAsync();
        await _connection.NextPublishedAsync();

        _connection.Lose("the cable was cut");

        foreach (var call in calls)
        {
            var reply = await call.Within();
            reply.Outcome.ShouldBe(RpcOutcome.Unknown);
            reply.Reason.ShouldBe("The connection to the broker was lost while waiting for the answer.");
            reply.Logged!.ShouldContain("the cable was cut");
        }

        _client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_connection_a_call_waits_for_one_and_is_then_not_executed()
    {
        await using var client = Client(new ScriptedDialer((_, _) => throw ScriptedDialer.Unavailable));
        client.Start();
        await Bounds.UntilAsync(() => client.Status.Description == "It is down.", "the first failure");

        var reply = await _clock.AdvanceUntilAsync(client.SendAsync(New("1")), TimeSpan.FromSeconds(1));

        reply.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        reply.Reason.ShouldBe("There is no connection to the broker.");
        reply.Logged.ShouldBe("There is no connection to the broker. It is down.");
        _clock.GetUtcNow().ShouldBeLessThan(DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(29));
    }

    [Fact]
    public async Task A_broker_in_alarm_gets_nothing()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
        _connection.ReadingBlockedReason = () => "low on memory";

        var reply = await _client.SendAsync(New("1")).Within();

        reply.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        reply.Logged!.ShouldContain("low on memory");
        _connection.NothingPublished.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_lost_right_after_the_gate_gets_nothing_either_and_the_next_one_is_waited_for()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
        _connection.ReadingBlockedReason = () => { _connection.Lose(); return null; };

        var reply = await _clock.AdvanceUntilAsync(_client.SendAsync(New("1")), TimeSpan.FromSeconds(1));

        reply.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        _connection.NothingPublished.ShouldBeTrue();
        _client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task More_calls_than_may_wait_are_turned_away_and_room_comes_back()
    {
        var first = _client.SendAsync(New("1"));
        var message = (await _connection.NextPublishedAsync()).Message;
        _ = _client.SendAsync(new RpcRequest("2", Body));
        await _connection.NextPublishedAsync();

        var third = await _client.SendAsync(New("3")).Within();
        third.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        third.Reason!.ShouldContain("Ppv:Rpc:MaxPendingRequests");

        Reply(message, "OK\r");
        await first.Within();
        var fourth = _client.SendAsync(new RpcRequest("4", Body));
        Reply((await _connection.NextPublishedAsync()).Message, "OK\r");
        OrderReply.Read(await fourth.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_leaves_nothing_behind()
    {
        using var cancel = new CancellationTokenSource();
        var calling = _client.SendAsync(new RpcRequest("1", Body), cancel.Token);
        await _connection.NextPublishedAsync();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(calling.Within());
        _client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_publishes_nothing()
    {
        await Should.ThrowAsync<OperationCanceledException>(
            _client.SendAsync(new RpcRequest("1", Body), new CancellationToken(canceled: true)).Within());
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
        await Should.ThrowAsync<OperationCanceledException>(
            _client.SendAsync(new RpcRequest("1", Body), new CancellationToken(canceled: true)).Within());

        _connection.NothingPublished.ShouldBeTrue();
        _client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task Disposing_settles_what_waits_and_refuses_the_rest()
    {
        var calling = _client.SendAsync(new RpcRequest("1", Body));
        await _connection.NextPublishedAsync();

        await _client.DisposeAsync().AsTask().Within();

        (await calling.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        await Should.ThrowAsync<ObjectDisposedException>(_client.SendAsync(new RpcRequest("2", Body)));
    }

    [Fact]
    public async Task Replies_that_nobody_asked_for_do_no_harm()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");

        _connection.Replies!(new BrokerMessage { Body = Body });
        _connection.Replies!(new BrokerMessage { Body = Body, CorrelationId = "nobody's" });

        var calling = _client.SendAsync(new RpcRequest("1", Body));
        Reply((await _connection.NextPublishedAsync()).Message, "OK\r");
        OrderReply.Read(await calling.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public void Options_out_of_range_are_named_wherever_they_come_from()
    {
        var message = Should.Throw<ArgumentException>(
            () => new RpcClient(new BrokerOptions { Hosts = ["kfs gax"] }, new RpcOptions { Prefetch = 0 })).Message;

        message.ShouldContain("Ppv:Broker:Hosts:0 is \"kfs gax\"");
        message.ShouldContain("Ppv:Rpc:Prefetch is 0");
    }

    private static RpcRequest New(string id) => new(id, Body) { History = IdHistory.New };

    private static string Text(RpcReply reply) => Encoding.ASCII.GetString(reply.Body.Span);

    private void Reply(BrokerMessage request, string body, RpcOutcome? outcome = null) =>
        _connection.Replies!(new BrokerMessage
        {
            Body = Encoding.ASCII.GetBytes(body), CorrelationId = request.CorrelationId, Outcome = outcome,
        });

    private RpcClient Client(IBrokerDialer dialer) => new(dialer, new BrokerOptions { Hosts = ["kfs-gax"] }, _options, null, _clock);
}
