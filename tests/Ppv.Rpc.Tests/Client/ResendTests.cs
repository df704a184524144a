using Ppv.Rpc.Orders;
using System.Collections.Concurrent;
using System.Text;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Client;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>What is sent again after a loss, how it is marked, and what the caller is told; and answers that come too late.</summary>
public sealed class ResendTests : IAsyncDisposable
{
    private static readonly ConnectionId Connid = ConnectionId.Parse("01");
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection[] _connections = [new(), new(), new()];
    private int _dials;
    private PpvClient? _client;

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
    }

    [Theory]
    [InlineData(ResendPolicy.EventAndSubscriber)]
    [InlineData(ResendPolicy.All)]
    public async Task After_a_loss_the_same_order_goes_out_marked_and_its_answer_counts(ResendPolicy policy)
    {
        var order = PpvOrder.Event(Connid, "1");
        var sending = Client(policy).SendAsync(order);
        var first = (await _connections[0].NextPublishedAsync()).Message;
        await LoseAsync(0);

        var second = (await _connections[1].NextPublishedAsync()).Message;

        (first.MessageId, second.MessageId).ShouldBe((order.Id, order.Id));
        (first.History, second.History).ShouldBe((IdHistory.New, IdHistory.RepeatSince(DateTimeOffset.UnixEpoch.AddYears(56))));
        second.CorrelationId.ShouldNotBe(first.CorrelationId);
        second.Deadline.ShouldBe(first.Deadline);
        second.Body.ToArray().ShouldBe(first.Body.ToArray());
        Answer(1, second, "OK\r", RpcOutcome.Completed);
        (await sending.Within()).ShouldBe(new PpvResult(order.Id, RpcOutcome.Completed, "OK", null));
    }

    [Theory]
    [InlineData(ResendPolicy.Never, PpvCommandKind.Event, false)]
    [InlineData(ResendPolicy.Never, PpvCommandKind.Confirm, false)]
    [InlineData(ResendPolicy.EventAndSubscriber, PpvCommandKind.Subscriber, true)]
    [InlineData(ResendPolicy.EventAndSubscriber, PpvCommandKind.Confirm, false)]
    [InlineData(ResendPolicy.All, PpvCommandKind.Confirm, true)]
    public async Task The_policy_says_what_is_sent_again(ResendPolicy policy, PpvCommandKind kind, bool isSentAgain)
    {
        var sending = Client(policy).SendAsync(kind switch
        {
            PpvCommandKind.Event => PpvOrder.Event(Connid, "1"),
            PpvCommandKind.Subscriber => PpvOrder.Subscriber(Connid, "1"),
            _ => PpvOrder.Confirm(Connid),
        });
        await _connections[0].NextPublishedAsync();
        await LoseAsync(0);

        if (isSentAgain)
        {
            Answer(1, (await _connections[1].NextPublishedAsync()).Message, "OK\r", RpcOutcome.Completed);
            (await sending.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        }
        else
        {
            (await sending.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
            _connections[1].NothingPublished.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("501 FRAME_ERROR - type 2, channel 3, payload size 5000 > negotiated maximum 4096")]
    [InlineData("publishing failed: 501 FRAME_ERROR - type 2, channel 3, payload size 5000 > negotiated maximum 4096")]
    [InlineData("406 PRECONDITION_FAILED - message size 20000 is larger than configured max size 10000")]
    public async Task What_may_be_what_the_broker_could_not_take_is_not_sent_again(string reason)
    {
        var sending = Client(ResendPolicy.All).SendAsync(PpvOrder.Event(Connid, "1"));
        await _connections[0].NextPublishedAsync();
        await LoseAsync(0, reason);

        (await sending.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        _connections[1].NothingPublished.ShouldBeTrue();
    }

    [Fact]
    public async Task That_the_second_message_was_not_sent_says_nothing_of_the_first()
    {
        var sending = Client(ResendPolicy.All).SendAsync(PpvOrder.Confirm(Connid));
        await _connections[0].NextPublishedAsync();
        _connections[1].Publishing = (_, _) => Task.FromException(new NotConfirmedException("No queue took it", isReturned: true));
        await LoseAsync(0);

        (await sending.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task The_workers_word_on_the_second_message_counts()
    {
        var sending = Client(ResendPolicy.All).SendAsync(PpvOrder.Confirm(Connid));
        await _connections[0].NextPublishedAsync();
        await LoseAsync(0);

        Answer(1, (await _connections[1].NextPublishedAsync()).Message, "ER998", RpcOutcome.NotExecuted);

        (await sending.Within()).Outcome.ShouldBe(RpcOutcome.NotExecuted);
    }

    [Fact]
    public async Task It_survives_more_than_one_loss_but_not_its_deadline()
    {
        var sending = Client(ResendPolicy.All).SendAsync(PpvOrder.Event(Connid, "1"));
        await _connections[0].NextPublishedAsync();
        await LoseAsync(0);
        await _connections[1].NextPublishedAsync();
        await LoseAsync(1);
        var third = (await _connections[2].NextPublishedAsync()).Message;

        third.Expiration.ShouldNotBeNull().ShouldBeLessThan(TimeSpan.FromSeconds(30));
        (await _clock.AdvanceUntilAsync(sending, TimeSpan.FromSeconds(1))).Outcome.ShouldBe(RpcOutcome.Unknown);
        (_clock.GetUtcNow() - third.Deadline!.Value).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_late_answer_is_raised_once_with_its_order()
    {
        var order = PpvOrder.Confirm(Connid);
        var client = Client(ResendPolicy.All);
        var late = new ConcurrentQueue<LateReplyEventArgs>();
        client.LateReply += (_, args) => late.Enqueue(args);
        var sending = client.SendAsync(order);
        var message = (await _connections[0].NextPublishedAsync()).Message;
        (await _clock.AdvanceUntilAsync(sending, TimeSpan.FromSeconds(1))).Outcome.ShouldBe(RpcOutcome.Unknown);

        Answer(0, message, "OK\r", RpcOutcome.Completed);
        Answer(0, message, "OK\r", RpcOutcome.Completed);
        _connections[0].Replies!(new BrokerMessage { Body = default, CorrelationId = "a stranger's" });

        await Bounds.UntilAsync(() => !late.IsEmpty, "the late answer");
        var args = late.ShouldHaveSingleItem();
        args.Id.ShouldBe(order.Id);
        args.Reply.Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task A_status_is_asked_for_by_a_message_of_its_own_type()
    {
        var asking = Client(ResendPolicy.Never).GetStatusAsync("order-7");
        var message = (await _connections[0].NextPublishedAsync()).Message;

        message.Type.ShouldBe("ppv.status");
        Encoding.ASCII.GetString(message.Body.Span).ShouldBe("order-7");
        var status = new PpvOrderStatus("order-7", PpvOrderState.NotExecuted, "ER998", "Why.");
        _connections[0].Replies!(new BrokerMessage
        {
            Body = StatusInquiry.ToBytes(status, coveredFor: null), CorrelationId = message.CorrelationId, Outcome = RpcOutcome.Completed,
        });
        (await asking.Within()).ShouldBe(status);
    }

    [Theory]
    [InlineData("not json", RpcOutcome.Completed)]
    [InlineData("{}", RpcOutcome.Completed)]
    [InlineData("[]", RpcOutcome.Completed)]
    [InlineData("{\"state\":\"Else\",\"code\":null,\"reason\":null}", RpcOutcome.Completed)]
    [InlineData("{\"state\":1,\"code\":null,\"reason\":null}", RpcOutcome.Completed)]
    [InlineData("", RpcOutcome.Unknown)]
    public async Task A_worker_that_cannot_say_is_a_state_of_its_own(string body, RpcOutcome outcome)
    {
        var asking = Client(ResendPolicy.Never).GetStatusAsync("order-7");
        Answer(0, (await _connections[0].NextPublishedAsync()).Message, body, outcome);

        var status = await asking.Within();

        status.State.ShouldBe(PpvOrderState.Unavailable);
        status.Reason.ShouldNotBeNullOrEmpty();
    }

    private PpvClient Client(ResendPolicy policy) => _client = new PpvClient(
        new ScriptedDialer((_, _) => _connections[Interlocked.Increment(ref _dials) - 1]),
        new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] }, Rpc = { ResendAfterLoss = policy } },
        null,
        _clock);

    /// <summary>Loses a connection that has lived a while, so that the next one is dialled at once.</summary>
    private async Task LoseAsync(int connection, string reason = "the broker went away")
    {
        _clock.Advance(TimeSpan.FromSeconds(3));
        _connections[connection].Lose(reason);
        await Bounds.UntilAsync(() => _dials > connection + 1 && _client!.Status.IsReady, "the next connection");
    }

    private void Answer(int connection, BrokerMessage request, string body, RpcOutcome outcome) =>
        _connections[connection].Replies!(new BrokerMessage
        {
            Body = Encoding.ASCII.GetBytes(body), CorrelationId = request.CorrelationId, Outcome = outcome,
        });
}
