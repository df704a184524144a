using Microsoft.Extensions.Logging;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>A standby knows a leader from a stranger, and takes nobody for one on a single look.</summary>
public sealed class QueueHolderTests : IAsyncDisposable
{
    private readonly SteppedClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly RecordingLogger _log = new();
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly QueueHolder _holder;
    private int _looks;

    public QueueHolderTests()
    {
        _connection.Counting = () => 1;
        _holder = new QueueHolder(_connection, new LeadershipPolicy
        {
            Broker = new BrokerOptions(), Rpc = new RpcOptions { SingleActiveConsumer = true, Queue = "orders" }, Handover = null,
            Logger = _log, TimeProvider = _clock,
        });
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Fact]
    public async Task A_leader_is_looked_at_once_in_a_while()
    {
        await LookAsync(isShared: false, times: 100);
        _looks.ShouldBe(1);

        _clock.Advance(TimeSpan.FromMinutes(5));
        await LookAsync(isShared: false, times: 100);

        (_looks, _holder.Stranger).ShouldBe((2, null));
        _log.Entries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public async Task No_order_that_waits_is_taken_for_a_look(int waiting, int consumers)
    {
        (_connection.Waiting, _connection.Counting) = (() => waiting, () => consumers);
        await LookAsync(isShared: true, times: 10);
        _looks.ShouldBe(0);

        (_connection.Waiting, _connection.Counting) = (() => 0, () => 1);
        await LookAsync(isShared: true, times: 2);
        _holder.Stranger.ShouldNotBeNull();
    }

    [Fact]
    public async Task Behind_one_that_hangs_orders_wait_all_the_time_and_it_is_looked_at_all_the_same()
    {
        _connection.Waiting = () => 5;
        for (var look = 0; look < 2; look++)
        {
            await LookAsync(isShared: true);
            _clock.Advance(new RpcOptions().MessageTtl);
            await LookAsync(isShared: true);
        }

        (_looks, _holder.Stranger is null).ShouldBe((2, false));
    }

    [Fact]
    public async Task Another_server_that_looks_at_the_same_moment_is_no_stranger()
    {
        await LookAsync(isShared: true);
        await LookAsync(isShared: false);

        _holder.Stranger.ShouldBeNull();
        _log.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stranger_is_said_once_and_forgotten_when_a_leader_takes_the_queue()
    {
        await LookAsync(isShared: true, times: 2);

        _holder.Stranger!.ShouldContain("Queue orders on kfs-gax:5672");
        for (var i = 0; i < 20; i++)
        {
            _clock.Advance(new BrokerOptions().ReconnectDelay);
            await LookAsync(isShared: true);
        }

        _log.Entries.ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Error);
        _clock.Advance(new BrokerOptions().ReconnectDelay);
        await LookAsync(isShared: false);
        _holder.Stranger.ShouldBeNull();
    }

    private async Task LookAsync(bool isShared, int times = 1)
    {
        _connection.Sharing = () => { _looks++; return isShared; };
        for (var i = 0; i < times; i++) await _holder.LookAsync(CancellationToken.None);
    }
}
