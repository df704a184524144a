using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>What callers notice when the client goes to another host: nothing.</summary>
public sealed class HostMovesTests : IAsyncDisposable
{
    private static readonly byte[] Body = "{}"u8.ToArray();
    private static readonly BrokerHost Primary = new("kfs-gax", 5672), Backup = new("bs-gax", 5672);
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _primary = new(Primary) { Counting = () => 1 }, _backup = new(Backup) { Counting = () => 1 };
    private readonly RpcClient _client;
    private readonly AsyncLocal<bool> _isCaller = new(); // Else it may be the one who looks after the connection, and must not be held up.

    public HostMovesTests() => _client = new RpcClient(
        new ScriptedDialer((_, host) => host == Primary ? _primary : _backup),
        new BrokerOptions { Hosts = ["kfs-gax", "bs-gax"] }, new RpcOptions { Queue = "orders" }, null, _clock);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task What_is_under_way_ends_on_the_old_host_and_what_comes_after_goes_to_the_new_one()
    {
        var before = _client.SendAsync(new RpcRequest("1", Body));
        var first = (await _primary.NextPublishedAsync()).Message;

        await _client.SwitchToAsync(Backup).Within();
        var after = _client.SendAsync(new RpcRequest("2", Body));
        var second = (await _backup.NextPublishedAsync()).Message;
        Answer(_backup, second);
        (await after.Within()).Outcome.ShouldBe(RpcOutcome.Completed);

        _primary.Disposed.ShouldBeFalse("its answer still comes");
        Answer(_primary, first);
        (await before.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        await Bounds.UntilAsync(() => _primary.Disposed, "the old connection to be closed");
        _client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task A_host_that_is_left_is_kept_no_longer_than_a_call_may_take()
    {
        var before = _client.SendAsync(new RpcRequest("1", Body));
        await _primary.NextPublishedAsync();
        await _client.SwitchToAsync(Backup).Within();

        (await _clock.AdvanceUntilAsync(before, TimeSpan.FromSeconds(1))).Outcome.ShouldBe(RpcOutcome.Unknown);
        await Bounds.UntilAsync(() => _primary.Disposed, "the old connection to be closed");
    }

    [Fact]
    public async Task When_a_host_takes_no_messages_a_new_call_waits_for_the_other_one()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
        _primary.ReadingBlockedReason = () => "low on memory"; // The client learns of it a moment before the supervisor does.
        var calling = Task.Run(() => { _primary.Block("low on memory"); return _client.SendAsync(new RpcRequest("1", Body)); });

        Answer(_backup, (await _backup.NextPublishedAsync()).Message);

        (await calling.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        _primary.NothingPublished.ShouldBeTrue();
    }

    [Fact]
    public async Task A_call_that_got_a_host_that_takes_no_messages_just_before_the_move_goes_to_the_new_one()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
        _primary.ReadingBlockedReason = () =>
        {
            if (!_isCaller.Value) return null;
            _primary.ReadingBlockedReason = () => "low on memory";
            _client.SwitchToAsync(Backup).Within().GetAwaiter().GetResult();
            return "low on memory";
        };
        var calling = CallAsync();

        Answer(_backup, (await _backup.NextPublishedAsync()).Message);

        (await calling.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        _primary.NothingPublished.ShouldBeTrue();
    }

    [Fact]
    public async Task A_call_that_got_the_old_host_just_before_the_move_goes_to_the_new_one()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
        // What a client asks between the gate and its use of the session.
        _primary.ReadingBlockedReason = () =>
        {
            if (!_isCaller.Value) return null;
            _primary.ReadingBlockedReason = () => null;
            _client.SwitchToAsync(Backup).Within().GetAwaiter().GetResult();
            Bounds.UntilAsync(() => _primary.Disposed, "the old connection to be closed").GetAwaiter().GetResult();
            return null;
        };
        var calling = CallAsync();

        Answer(_backup, (await _backup.NextPublishedAsync()).Message);

        (await calling.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task A_host_on_which_nobody_takes_orders_is_not_gone_to()
    {
        _client.Start();
        await Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
        _backup.Counting = () => 0;
        (await Should.ThrowAsync<InvalidOperationException>(_client.SwitchToAsync(Backup).Within())).Message.ShouldContain(
            "No worker takes orders from queue 'orders' on bs-gax:5672");
        _client.Hosts.Select(host => host.State).ShouldBe([BrokerHostState.Ready, BrokerHostState.Down]);
    }

    private Task<RpcReply> CallAsync() => Task.Run(() =>
    {
        _isCaller.Value = true;
        return _client.SendAsync(new RpcRequest("1", Body));
    });

    private static void Answer(ScriptedConnection connection, BrokerMessage message) =>
        connection.Replies!(new BrokerMessage
        {
            Body = "OK\r"u8.ToArray(), CorrelationId = message.CorrelationId, Outcome = RpcOutcome.Completed,
        });
}
