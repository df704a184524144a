using Microsoft.Extensions.Logging;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;
using Ppv.Rpc.Tests.Support;
using Ppv.Testing;
using Ppv.Testing.Broker;

namespace Ppv.Rpc.Tests.Presence;

/// <summary>Who is on the bus, asked by those who are, over a broker in memory.</summary>
public sealed class PresenceTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Hang.Limit, Look = TimeSpan.FromMilliseconds(500);
    private readonly InMemoryBroker _broker = new();
    private readonly List<IAsyncDisposable> _parts = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
    }

    [Fact]
    public async Task Leader_standby_and_client_are_all_seen_by_each_of_them()
    {
        var (leader, standby) = await PairAsync();
        var client = Client("gateway");
        await ReadyAsync(client);
        Guid[] all = [leader.Instance, standby.Instance, client.Instance];

        foreach (var reports in (IReadOnlyList<PresenceReport>[])
            [
                await leader.AskPresenceAsync(Patience, default, all).Within(),
                await standby.AskPresenceAsync(Patience, default, all).Within(),
                await client.AskPresenceAsync(Patience, default, all).Within(),
            ])
        {
            reports.Select(report => report.Instance).ShouldBe(all, ignoreOrder: true);
            var one = reports.Single(report => report.Instance == leader.Instance);
            (one.Role, one.Place, one.IsReady, one.Machine, one.ProcessId)
                .ShouldBe(("server", "leader", true, Environment.MachineName, Environment.ProcessId));
            one.Queues.ShouldBe(["orders"]);
            one.Hosts.ShouldBe(["kfs-gax:5672"]);
            one.Description.ShouldBe("Connected to the broker in memory.");
            one.Version.ShouldNotBeNull().ShouldNotContain('+');
            one.At.ShouldBeGreaterThanOrEqualTo(one.StartedAt);
            var other = reports.Single(report => report.Instance == standby.Instance);
            (other.Place, other.IsReady).ShouldBe(("standby", true));
            var gateway = reports.Single(report => report.Instance == client.Instance);
            (gateway.Role, gateway.Place, gateway.IsReady).ShouldBe(("gateway", null, true));
        }
    }

    [Fact]
    public async Task Who_has_gone_is_not_seen_any_more_and_who_takes_over_is_seen_as_the_leader()
    {
        var (leader, standby) = await PairAsync();

        await leader.DisposeAsync();

        await UntilAsync(standby, PresencePlace.Leader);
        var reports = await standby.AskPresenceAsync(Look, default).Within();
        reports.ShouldHaveSingleItem().Instance.ShouldBe(standby.Instance);
    }

    [Fact]
    public async Task A_paused_server_says_so_and_one_that_shares_its_queue_too()
    {
        var server = Server(alone: false);
        await UntilAsync(server, PresencePlace.Shared);

        await server.PauseAsync().Within();
        var paused = (await UntilAsync(server, PresencePlace.Paused)).ShouldHaveSingleItem();
        paused.IsReady.ShouldBeFalse();
        paused.Description.ShouldNotBeNull().ShouldContain("paused");

        server.Resume();
        await UntilAsync(server, PresencePlace.Shared);
    }

    [Fact]
    public async Task On_a_queue_that_chooses_by_itself_who_is_served_is_the_leader_and_the_others_are_candidates()
    {
        var first = Server(kind: QueueKind.Quorum);
        await UntilAsync(first, PresencePlace.Leader);
        var second = Server(kind: QueueKind.Quorum);
        await UntilAsync(second, PresencePlace.Candidate);

        var places = (await first.AskPresenceAsync(Patience, default, [first.Instance, second.Instance]).Within())
            .Where(report => report.Place is not null).Select(report => report.Place);
        places.ShouldBe([PresencePlace.Leader, PresencePlace.Candidate], ignoreOrder: true);
    }

    [Fact]
    public async Task A_server_of_independent_brokers_is_one_entry_with_both_and_sees_who_is_on_either()
    {
        var other = new InMemoryBroker();
        var both = Server(dialer: new ByHost(_broker, other), hosts: ["kfs-gax", "bs-gax"]);
        var onlyThere = Server(dialer: new InMemoryDialer(other), hosts: ["bs-gax"], alone: false);
        await Bounds.UntilAsync(() => both.Hosts.All(host => host.State == BrokerHostState.Ready), "both connections");
        await UntilAsync(both, PresencePlace.Shared);
        await UntilAsync(onlyThere, PresencePlace.Shared);

        // Both reports of the one server have come when the merged entry has both hosts, so that is what is waited for.
        IReadOnlyList<PresenceReport> reports = [];
        for (var turn = 0; turn < 100 && reports.SingleOrDefault(report => report.Instance == both.Instance)?.Hosts.Count != 2; turn++)
            reports = await both.AskPresenceAsync(Look, default).Within();

        reports.Select(report => report.Instance).ShouldBe([both.Instance, onlyThere.Instance], ignoreOrder: true);
        reports.Single(report => report.Instance == both.Instance).Hosts.ShouldBe(["kfs-gax:5672", "bs-gax:5672"], ignoreOrder: true);
    }

    [Fact]
    public async Task Without_a_connection_nobody_can_be_asked_and_that_is_no_empty_answer()
    {
        _broker.IsRunning = false;
        var (server, client) = (Server(), Client("client"));

        (await Should.ThrowAsync<BrokerException>(server.AskPresenceAsync(Patience, default))).Message
            .ShouldStartWith("There is no connection to the broker.");
        (await Should.ThrowAsync<BrokerException>(client.AskPresenceAsync(Patience, default))).Message
            .ShouldStartWith("There is no connection to the broker.");
    }

    [Fact]
    public async Task The_owner_adds_its_part_and_what_it_can_not_say_does_not_cost_the_report()
    {
        var log = new RecordingLogger();
        var fails = false;
        var source = new PresenceSource("worker")
        {
            Complete = (report, _) => fails
                ? throw new InvalidOperationException("a bug")
                : Task.FromResult(report with { Configuration = "0123456789ab", Worker = new WorkerDetails { LastLine = 29 } }),
        };
        var server = Server(source: source, log: log);
        var report = (await UntilAsync(server, PresencePlace.Leader)).ShouldHaveSingleItem();
        (report.Role, report.Configuration, report.Worker?.LastLine).ShouldBe(("worker", "0123456789ab", 29));

        fails = true;
        for (var time = 0; time < 2; time++)
        {
            var rest = (await server.AskPresenceAsync(Patience, default, [server.Instance]).Within()).ShouldHaveSingleItem();
            (rest.Place, rest.Worker).ShouldBe(("leader", null));
        }

        log.Entries.Count(entry => entry.Level == LogLevel.Error).ShouldBe(1);
    }

    [Fact]
    public async Task An_owner_that_does_not_answer_holds_the_report_up_for_a_moment_only()
    {
        var server = Server(source: new PresenceSource("worker") { Complete = (_, _) => new TaskCompletionSource<PresenceReport>().Task });
        await Bounds.UntilAsync(() => server.Status.IsReady, "the connection");

        (await UntilAsync(server, PresencePlace.Leader)).ShouldHaveSingleItem().Worker.ShouldBeNull();
    }

    /// <summary>Asks as often as it takes until the server is seen in a place, by itself.</summary>
    private static async Task<IReadOnlyList<PresenceReport>> UntilAsync(RpcServer server, string place)
    {
        IReadOnlyList<PresenceReport> reports = [];
        var since = TimeProvider.System.GetTimestamp();
        while (reports.FirstOrDefault(report => report.Instance == server.Instance)?.Place != place)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Patience, $"{place}: {server.Status}");
            try
            {
                reports = await server.AskPresenceAsync(Look, default, [server.Instance]).Within();
            }
            catch (BrokerException e) when (e.Message.StartsWith("There is no connection", StringComparison.Ordinal))
            {
                await Bounds.LetOthersWorkAsync(); // It has just been started.
            }
        }

        return reports;
    }

    private async Task<(RpcServer Leader, RpcServer Standby)> PairAsync()
    {
        var leader = Server();
        await UntilAsync(leader, PresencePlace.Leader);
        var standby = Server();
        await UntilAsync(standby, PresencePlace.Standby);
        return (leader, standby);
    }

    private static async Task ReadyAsync(RpcClient client)
    {
        client.Start();
        await Bounds.UntilAsync(() => client.Status.IsReady, "the connection");
        var seen = false;
        for (var turn = 0; turn < 100 && !seen; turn++)
            seen = (await client.AskPresenceAsync(Look, default, [client.Instance]).Within()).Count > 0;
        seen.ShouldBeTrue();
    }

    private RpcServer Server(
        bool alone = true, QueueKind kind = QueueKind.DurableClassic, PresenceSource? source = null, IBrokerDialer? dialer = null,
        string[]? hosts = null, ILogger? log = null)
    {
        var broker = new BrokerOptions
        {
            Hosts = [.. hosts ?? ["kfs-gax"]],
            Topology = hosts is { Length: > 1 } ? BrokerTopology.Independent : BrokerTopology.Cluster,
        };
        var rpc = new RpcOptions
        {
            Queue = "orders", QueueKind = kind, TakeoverGrace = TimeSpan.Zero,
            SingleActiveConsumer = alone && broker.Topology == BrokerTopology.Cluster ? true : null,
        };
        var server = new RpcServer(
            dialer ?? new InMemoryDialer(_broker), broker, rpc,
            (_, _) => Task.FromResult(new RpcReply("OK\r"u8.ToArray(), RpcOutcome.Completed, null)),
            log is null ? null : new OneLoggerFactory(log),
            null, null, source);
        _parts.Add(server);
        server.Start();
        return server;
    }

    private RpcClient Client(string role, QueueKind kind = QueueKind.DurableClassic)
    {
        var client = new RpcClient(
            new InMemoryDialer(_broker), new BrokerOptions { Hosts = ["kfs-gax"] }, new RpcOptions { Queue = "orders", QueueKind = kind },
            null, null, new PresenceSource(role));
        _parts.Add(client);
        return client;
    }

    private sealed class ByHost(InMemoryBroker primary, InMemoryBroker backup) : IBrokerDialer
    {
        public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken) =>
            new InMemoryDialer(host.Name == "kfs-gax" ? primary : backup).DialAsync(host, clientName, cancellationToken);
    }
}
