using Ppv.Rpc.Orders;
using System.Collections.Concurrent;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

public sealed class RpcServerTests : IAsyncDisposable
{
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly ConcurrentQueue<RpcRequestContext> _calls = new();
    private Func<RpcRequestContext, CancellationToken, Task<RpcReply>> _handler = (_, _) => Task.FromResult(OrderReply.Completed("OK"));
    private RpcServer? _server;
    private ulong _tag;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_old_gateway_gets_exactly_what_the_old_worker_sends()
    {
        await StartAsync();
        var delivery = Deliver(Legacy("{'connid': '0127032d64a94732', 'EV': '1569885'}"));

        var (settled, answer) = await _connection.NextSettledAsync();

        settled.ShouldBe(delivery);
        answer.ShouldBe(new BrokerMessage { Body = answer!.Value.Body, CorrelationId = "their-correlation" });
        Encoding.ASCII.GetString(answer.Value.Body.Span).ShouldBe("OK\r");
    }

    [Fact]
    public async Task A_new_gateway_is_told_the_outcome_and_the_reason_too()
    {
        _handler = (_, _) => Task.FromResult(OrderReply.Failed("ER444", RpcOutcome.NotExecuted, "Wizard is down."));
        await StartAsync();
        Deliver(New("{}"));

        var answer = (await _connection.NextSettledAsync()).Answer!.Value;

        Encoding.ASCII.GetString(answer.Body.Span).ShouldBe("ER444");
        answer.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        answer.Reason.ShouldBe("Wizard is down.");
    }

    [Fact]
    public async Task The_handler_sees_id_body_deadline_and_redelivery()
    {
        await StartAsync();
        Deliver(New("new"));
        await _connection.NextSettledAsync();
        Deliver(Legacy("old"), redelivered: true);
        await _connection.NextSettledAsync();
        Deliver(Legacy("bare") with { CorrelationId = null });
        await _connection.NextSettledAsync();

        var calls = _calls.ToArray();
        calls[0].Id.ShouldBe("our-order");
        calls[0].Deadline.ShouldBe(_clock.GetUtcNow().AddSeconds(6.65));
        calls[0].History.IsRepeat.ShouldBeFalse();
        calls[1].Id.ShouldBe("their-correlation");
        calls[1].Deadline.ShouldBe(_clock.GetUtcNow().AddSeconds(30));
        calls[1].History.IsRepeat.ShouldBeTrue();
        calls[2].Id.ShouldNotBeNullOrEmpty();
        calls.Select(call => Encoding.ASCII.GetString(call.Body.Span)).ShouldBe(["new", "old", "bare"]);
    }

    [Fact]
    public async Task What_clocks_may_differ_is_taken_off_a_deadline_that_travelled_and_off_no_other()
    {
        await StartAsync(new RpcOptions { ClockSkew = TimeSpan.FromSeconds(2) });
        Deliver(New("new"));
        await _connection.NextSettledAsync();
        Deliver(Legacy("old"));
        await _connection.NextSettledAsync();
        Deliver(New("ancient") with { Deadline = DateTimeOffset.MinValue });
        await _connection.NextSettledAsync();

        var now = _clock.GetUtcNow();
        _calls.Select(call => call.Deadline).ShouldBe([now.AddSeconds(4.75), now.AddSeconds(30), DateTimeOffset.MinValue]);
    }

    /// <summary>
    /// An answer that is given at the caller's deadline comes too late: a twentieth of the time, and at most 500 ms, is its way.
    /// </summary>
    [Theory]
    [InlineData(0.2, 0.19)]
    [InlineData(10, 9.5)]
    [InlineData(30, 29.5)]
    [InlineData(-1, -1)]
    public async Task The_handlers_time_ends_so_early_that_its_answer_is_there_in_the_callers_time(double callers, double handlers)
    {
        await StartAsync();
        var now = _clock.GetUtcNow();
        Deliver(New("new") with { Deadline = now.AddSeconds(callers) });
        await _connection.NextSettledAsync();

        _calls.ShouldHaveSingleItem().Deadline.ShouldBe(now.AddSeconds(handlers));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public async Task A_message_that_somebody_may_have_had_is_a_possible_duplicate(bool marked, bool redelivered, bool expected)
    {
        await StartAsync();
        Deliver(New("x") with { History = marked ? IdHistory.Repeat : IdHistory.New }, redelivered);
        await _connection.NextSettledAsync();
        _calls.ShouldHaveSingleItem().History.IsRepeat.ShouldBe(expected);
    }

    [Fact]
    public async Task What_only_waits_for_its_turn_goes_back_as_soon_as_the_server_stops_and_what_runs_is_answered()
    {
        var running = new TaskCompletionSource<RpcReply>();
        _handler = async (call, _) =>
        {
            if (call.Id != "waiting") return await running.Task;
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, call.Stopping);
            return RpcReply.Fault;
        };
        await StartAsync();
        Deliver(New("x") with { MessageId = "waiting" });
        Deliver(New("x"));
        await Bounds.UntilAsync(() => _calls.Count == 2, "the requests");

        var stopping = _server!.StopAsync();
        await Bounds.UntilAsync(() => _server.RunningRequests == 1, "the end of the request that waited");
        _connection.NothingSettled.ShouldBeTrue();
        stopping.IsCompleted.ShouldBeFalse();
        running.SetResult(OrderReply.Completed("OK"));
        await stopping.Within();

        Encoding.ASCII.GetString((await _connection.NextSettledAsync()).Answer!.Value.Body.Span).ShouldBe("OK\r");
        _connection.NothingSettled.ShouldBeTrue();
    }

    [Fact]
    public async Task An_answer_needs_no_correlation_id()
    {
        await StartAsync();
        Deliver(Legacy("x") with { CorrelationId = null });

        var (_, answer) = await _connection.NextSettledAsync();

        answer!.Value.CorrelationId.ShouldBeNull();
        Encoding.ASCII.GetString(answer.Value.Body.Span).ShouldBe("OK\r");
    }

    [Fact]
    public async Task A_request_that_nobody_can_be_told_of_is_dropped_unexecuted()
    {
        await StartAsync();
        Deliver(Legacy("x") with { ReplyTo = null });

        (await _connection.NextSettledAsync()).Answer.ShouldBeNull();
        _calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slow_request_delays_no_other()
    {
        var slow = new TaskCompletionSource<RpcReply>();
        _handler = (call, _) => call.Id == "slow" ? slow.Task : Task.FromResult(OrderReply.Completed("fast"));
        await StartAsync();

        Deliver(New("x") with { MessageId = "slow" });
        Deliver(New("x"));

        Encoding.ASCII.GetString((await _connection.NextSettledAsync()).Answer!.Value.Body.Span).ShouldBe("fast\r");
        slow.SetResult(OrderReply.Completed("slow"));
        Encoding.ASCII.GetString((await _connection.NextSettledAsync()).Answer!.Value.Body.Span).ShouldBe("slow\r");
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_does_not_block_the_consumer()
    {
        using var gate = new ManualResetEventSlim();
        _handler = (call, _) =>
        {
            if (call.Id == "blocking") gate.Wait(Hang.Limit, CancellationToken.None).ShouldBeTrue();
            return Task.FromResult(OrderReply.Completed(call.Id));
        };
        await StartAsync();

        Deliver(New("x") with { MessageId = "blocking" });
        Deliver(New("x") with { MessageId = "free" });

        Encoding.ASCII.GetString((await _connection.NextSettledAsync()).Answer!.Value.Body.Span).ShouldBe("free\r");
        gate.Set();
    }

    [Fact]
    public async Task A_failing_handler_is_answered_as_unknown_and_the_server_goes_on()
    {
        _handler = (call, _) =>
            call.Id == "bad" ? throw new InvalidOperationException("a bug") : Task.FromResult(OrderReply.Completed("OK"));
        await StartAsync();

        Deliver(New("x") with { MessageId = "bad" });
        (await _connection.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Unknown);

        Deliver(New("x"));
        (await _connection.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task What_was_begun_over_a_connection_that_is_gone_ends_with_the_server_too()
    {
        _handler = async (call, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, call.Id == "waiting" ? call.Stopping : cancellationToken);
            return RpcReply.Fault;
        };
        await StartAsync();
        Deliver(New("x") with { MessageId = "waiting" });
        Deliver(New("x"));
        await Bounds.UntilAsync(() => _calls.Count == 2, "the requests");
        _connection.Lose();
        await Bounds.UntilAsync(() => !_server!.Status.IsReady, "the loss");
        _server!.RunningRequests.ShouldBe(2);

        var stopping = _server.StopAsync().ContinueWith(_ => true, TaskScheduler.Default);
        await Bounds.UntilAsync(() => _server.RunningRequests == 1, "the end of the request that waited");
        stopping.IsCompleted.ShouldBeFalse("what runs has its time");
        await _clock.AdvanceUntilAsync(stopping, TimeSpan.FromSeconds(1));

        await Bounds.UntilAsync(() => _server.RunningRequests == 0, "the end of the request that ran");
        _connection.NothingSettled.ShouldBeTrue();
    }

    [Fact]
    public async Task Stopping_lets_running_requests_finish_and_answers_them()
    {
        var running = new TaskCompletionSource<RpcReply>();
        _handler = (_, _) => running.Task;
        await StartAsync();
        Deliver(New("x"));
        await Bounds.UntilAsync(() => _calls.Count == 1, "the request");

        var stopping = _server!.StopAsync();
        _connection.ConsumeCancelled.ShouldBeTrue();
        stopping.IsCompleted.ShouldBeFalse();
        _connection.Disposed.ShouldBeFalse();
        running.SetResult(OrderReply.Completed("OK"));
        await stopping.Within();

        Encoding.ASCII.GetString((await _connection.NextSettledAsync()).Answer!.Value.Body.Span).ShouldBe("OK\r");
        _connection.Disposed.ShouldBeTrue();
        await Bounds.UntilAsync(() => _server.RunningRequests == 0, "the end of the request");
    }

    [Fact]
    public async Task What_does_not_finish_in_time_goes_back_unacknowledged()
    {
        _handler = async (_, cancellationToken) =>
            { await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken); return RpcReply.Fault; };
        await StartAsync();
        Deliver(New("x"));
        await Bounds.UntilAsync(() => _calls.Count == 1, "the request");

        var stopping = _server!.StopAsync().ContinueWith(_ => true, TaskScheduler.Default);
        await _clock.AdvanceUntilAsync(stopping, TimeSpan.FromSeconds(1));
        await Bounds.UntilAsync(() => _server.RunningRequests == 0, "the cancelled request");

        _connection.NothingSettled.ShouldBeTrue();
    }

    private static BrokerMessage Legacy(string body) =>
        new()
        {
            Body = Encoding.ASCII.GetBytes(body),
            ContentType = "application/json",
            CorrelationId = "their-correlation",
            ReplyTo = "their-replies",
        };

    private BrokerMessage New(string body) => Legacy(body) with { MessageId = "our-order", Deadline = _clock.GetUtcNow().AddSeconds(7) };

    private BrokerDelivery Deliver(BrokerMessage message, bool redelivered = false)
    {
        var delivery = new BrokerDelivery(message, ++_tag, redelivered);
        _connection.Deliveries!(delivery);
        return delivery;
    }

    private async Task StartAsync(RpcOptions? options = null)
    {
        _server = new RpcServer(
            new ScriptedDialer((attempt, _) => attempt == 0 ? _connection : throw ScriptedDialer.Unavailable),
            new BrokerOptions { Hosts = ["kfs-gax"] },
            options ?? new RpcOptions(),
            (call, cancellationToken) => { _calls.Enqueue(call); return _handler(call, cancellationToken); },
            null,
            _clock);
        _server.Start();
        await Bounds.UntilAsync(() => _server.Status.IsReady, "a connection");
    }
}
