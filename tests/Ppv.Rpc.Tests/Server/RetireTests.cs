using System.Text;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>A server that moves to another connection hands its leadership over to itself.</summary>
public sealed class RetireTests : IAsyncDisposable
{
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly FakeHandover _handover = new();
    private readonly LeadershipHistory _history = new();
    private readonly TaskCompletionSource<RpcReply> _running = new();
    private readonly ScriptedConnection _from = new(new BrokerHost("bs-gax", 5672));
    private readonly ScriptedConnection _to = new(new BrokerHost("kfs-gax", 5672));
    private readonly InFlightRequests _requests;
    private readonly ServerSession _old, _new;
    private int _begun;

    public RetireTests()
    {
        var rpc = new RpcOptions { SingleActiveConsumer = true };
        _to.Note = _from.Note;
        _from.Note[0] = new LeaderRecord { Identity = "me", State = LeaderRecordState.Active }.ToBytes();
        var policy = new LeadershipPolicy
        {
            Broker = new BrokerOptions(), Rpc = rpc, Handover = _handover, Logger = PlainLogger.None, TimeProvider = _clock,
        };
        _requests = new InFlightRequests(
            new DeliveryWorker(rpc, (_, _) => { Interlocked.Increment(ref _begun); return _running.Task; }, PlainLogger.None, _clock),
                _clock);
        (_old, _new) = (new ServerSession(_from, policy, _requests, _history), new ServerSession(_to, policy, _requests, _history));
    }

    [Fact]
    public async Task The_new_connection_leads_when_the_old_one_has_finished_and_everything_holds()
    {
        await ServeAsync();
        _new.Start(_old.Ended);
        var retiring = _old.EndAsync(CancellationToken.None);
        await Bounds.UntilAsync(() => _from.ConsumeCancelled, "the cancel");
        for (var i = 0; i < 1000; i++) await Task.Yield();
        _to.Steps.ShouldBeEmpty();

        _running.SetResult(OrderReply.Completed("OK"));
        await retiring.Within();
        // The clock stands still: there is no grace.
        await Bounds.UntilAsync(() => _new.Status.Description == "Connected to RabbitMQ on kfs-gax:5672.", "the new session");

        _from.Steps.ShouldBe(["consume", "take", "Active", "Leaving", "cancel", "Left"]);
        _to.Steps.ShouldBe(["consume", "take", "Active"]);
        _handover.Told.ShouldBe(["continue", "continue"]);
        (await _from.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task The_new_connection_does_not_wait_longer_than_the_old_one_may_drain()
    {
        await ServeAsync();
        _new.Start(_old.Ended);
        var retiring = _old.EndAsync(CancellationToken.None).ContinueWith(_ => true, TaskScheduler.Default);
        await _clock.AdvanceUntilAsync(retiring, TimeSpan.FromSeconds(1));
        await Bounds.UntilAsync(() => _to.Consumed is not null, "the new session");
    }

    [Fact]
    public async Task The_new_connection_does_not_wait_for_an_old_one_that_is_gone_but_what_runs_there_may_not_act_any_more()
    {
        await ServeAsync();
        _new.Start(_old.Ended);
        _ = _old.EndAsync(CancellationToken.None);
        _from.Lose();
        _old.Lose("the cable was cut");
        await Bounds.UntilAsync(() => _to.Consumed is not null, "the new session");
        _requests.Running.Count.ShouldBe(1);
    }

    public async ValueTask DisposeAsync()
    {
        await _from.DisposeAsync();
        await _to.DisposeAsync();
    }

    private async Task ServeAsync()
    {
        _old.Start(Task.CompletedTask);
        await Bounds.UntilAsync(() => _old.Status.Description == "Connected to RabbitMQ on bs-gax:5672.", "the old session");
        var message = new BrokerMessage
        {
            Body = Encoding.ASCII.GetBytes("{}"),
            MessageId = "order",
            ReplyTo = "replies",
            Deadline = _clock.GetUtcNow().AddSeconds(60),
        };
        _from.Deliveries!(new BrokerDelivery(message, 1, false));
        await Bounds.UntilAsync(() => _begun == 1, "the order");
    }
}
