using System.Collections.Concurrent;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>What handlers of events do concerns no call and no connection.</summary>
public sealed class EventTests : IAsyncDisposable
{
    private static readonly byte[] Body = "{}"u8.ToArray();
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _primary = new(new BrokerHost("kfs-gax", 5672)), _backup = new(new BrokerHost("bs-gax", 5672));
    private readonly ManualResetEventSlim _goOn = new();
    private readonly RpcClient _client;

    public EventTests() => _client = new RpcClient(
        new ScriptedDialer((_, host) => host.Name == "kfs-gax" ? _primary : _backup),
        new BrokerOptions { Hosts = ["kfs-gax", "bs-gax"] }, new RpcOptions { Queue = "orders" }, null, _clock);

    public async ValueTask DisposeAsync()
    {
        _goOn.Set();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task A_HostChanged_handler_that_blocks_keeps_no_gate_shut_and_no_call_waiting_and_is_told_the_rest_later()
    {
        var changes = new ConcurrentQueue<string>();
        _client.HostChanged += (sender, change) =>
        {
            sender.ShouldBe(_client);
            changes.Enqueue($"{change.Now.Host.Name} {change.Now.State}");
            _goOn.Wait(Hang.Limit).ShouldBeTrue();
        };
        var before = _client.SendAsync(new RpcRequest("1", Body));
        await _primary.NextPublishedAsync();
        await Bounds.UntilAsync(() => changes.Count == 1, "the handler to block");

        _primary.Lose();
        (await before.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        var after = _client.SendAsync(new RpcRequest("2", Body));
        Answer(_backup, (await _backup.NextPublishedAsync()).Message);
        (await after.Within()).Outcome.ShouldBe(RpcOutcome.Completed);

        changes.ShouldBe(["kfs-gax Ready"]);
        _goOn.Set();
        await Bounds.UntilAsync(() => changes.Count == 3, "the other changes");
        changes.ShouldBe(["kfs-gax Ready", "kfs-gax Down", "bs-gax Ready"]);
    }

    [Fact]
    public async Task A_HostChanged_handler_that_throws_keeps_no_other_from_being_told()
    {
        var changes = new ConcurrentQueue<BrokerHostState>();
        _client.HostChanged += (_, _) => throw new InvalidOperationException("its own fault");
        _client.HostChanged += (_, change) => changes.Enqueue(change.Now.State);

        _client.Start();

        await Bounds.UntilAsync(() => changes.Count == 1, "the change");
        await Bounds.UntilAsync(() => _client.Status.IsReady, "the connection");
    }

    [Fact]
    public async Task An_answer_to_what_the_broker_did_not_confirm_is_a_late_one()
    {
        var late = new TaskCompletionSource<string>();
        _client.LateReply += (_, args) => late.TrySetResult(args.Id);
        _primary.Publishing = (_, _) => Task.FromException(new NotConfirmedException("It did not confirm it in time", isReturned: false));
        var sending = _client.SendAsync(new RpcRequest("1", Body));
        var message = (await _primary.NextPublishedAsync()).Message;
        (await sending.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);

        Answer(_primary, message);

        (await late.Task.WaitAsync(Hang.Limit)).ShouldBe("1");
    }

    [Fact]
    public async Task A_LateReply_handler_that_blocks_or_throws_keeps_no_answer_from_its_caller()
    {
        var late = new ConcurrentQueue<string>();
        _client.LateReply += (_, _) => throw new InvalidOperationException("its own fault");
        _client.LateReply += (_, args) =>
        {
            late.Enqueue(args.Id);
            _goOn.Wait(Hang.Limit).ShouldBeTrue();
        };
        var first = _client.SendAsync(new RpcRequest("1", Body));
        var message = (await _primary.NextPublishedAsync()).Message;
        (await _clock.AdvanceUntilAsync(first, TimeSpan.FromSeconds(1))).Outcome.ShouldBe(RpcOutcome.Unknown);
        var second = _client.SendAsync(new RpcRequest("2", Body));
        var next = (await _primary.NextPublishedAsync()).Message;

        // As the consumer's thread would: the late answer, then the other one.
        await Task.Run(() =>
        {
            Answer(_primary, message);
            Answer(_primary, next);
        }).Within();

        (await second.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        await Bounds.UntilAsync(() => !late.IsEmpty, "the late answer");
        late.ShouldBe(["1"]);
    }

    private static void Answer(ScriptedConnection connection, BrokerMessage request) =>
        connection.Replies!(new BrokerMessage
        {
            Body = Encoding.ASCII.GetBytes("OK\r"), CorrelationId = request.CorrelationId, Outcome = RpcOutcome.Completed,
        });
}
