using Ppv.Broker.Tests.Brokers;
using Ppv.Broker.Tests.Failover;
using Ppv.Hosting;
using Ppv.Rpc;

namespace Ppv.Broker.Tests.Leadership;

/// <summary>
/// A broker that an administrator has told to want a heartbeat of 1 s gives a frozen worker up after 2 to 3 s, whatever the worker's own
/// setting says.
/// </summary>
[Collection(FailoverGroup.Name)]
public sealed class HeartbeatTests(OwnNode own) : IClassFixture<OwnNode>
{
    private static readonly TimeSpan Configured = TimeSpan.FromSeconds(5), Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(60, 5)]
    [InlineData(0, 5)]
    public async Task What_was_agreed_on_is_known(int wanted, int agreed)
    {
        await WantAsync(wanted);
        await using var connection = await RealConnection.DialAsync(own.Node.Address, options => options.Heartbeat = Configured);
        connection.Heartbeat.ShouldBe(TimeSpan.FromSeconds(agreed));
    }

    [Fact]
    public async Task A_worker_that_was_frozen_for_less_than_its_own_heartbeat_writes_nothing_when_the_broker_wanted_a_shorter_one()
    {
        await WantAsync(1);
        await using var pair = await WorkerPair.StartAsync(
            own.Node.Address, QueueKind.DurableClassic, LineAllocation.Leased, callers: 20, heartbeat: Configured);
        await pair.GoOnAsync(TimeSpan.FromSeconds(1));

        // What it reads of this when it goes on are confirms and commands that it would write next.
        await pair.Workers[0].FreezeAsync();
        await pair.UntilServedAfterAsync(pair.Load.Now, Limit);
        var written = pair.Ways[0].BytesToServer;
        await pair.Workers[0].ThawAsync();
        await pair.GoOnAsync(TimeSpan.FromSeconds(3));
        await pair.EndAsync();

        pair.Ways[0].BytesToServer.ShouldBe(written, "the one that had lost its place has written to Wizard");
        pair.Ways[1].BytesToServer.ShouldBeGreaterThan(0, pair.Story);
    }

    private Task WantAsync(int seconds) => own.Node.ControlAsync("eval", $"application:set_env(rabbit, heartbeat, {seconds}).");
}
