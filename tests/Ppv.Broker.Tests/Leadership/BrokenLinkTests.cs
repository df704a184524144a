using System.Collections.Concurrent;
using Ppv.Broker.Tests.Brokers;
using Ppv.Broker.Tests.Failover;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Broker.Tests.Leadership;

/// <summary>
/// A quorum queue on three nodes, its leader on the first one, a worker on each of the others. When the link between the first one and the
/// active worker's node breaks, the broker gives the queue to the other worker, and tells the one that had it nothing.
/// </summary>
[Collection(FailoverGroup.Name)]
public sealed class BrokenLinkTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    private const int Cuts = 3, AnswerReturned = 1202;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20), CutLimit = TimeSpan.FromSeconds(8),
        OrderPause = TimeSpan.FromMilliseconds(20),
        Look = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<(string Identity, string What)> _done = new();
    private readonly ConcurrentQueue<string> _story = new();
    private readonly List<LeadingServer> _workers = [];
    private readonly long _begun = TimeProvider.System.GetTimestamp();
    private readonly string _queue = TestBroker.UniqueQueueName("link");

    [Fact]
    public async Task When_a_link_is_cut_for_an_instant_no_two_workers_may_write_and_who_was_away_takes_over_anew()
    {
        await using var caller = await RealConnection.DialAsync(nodes.Cluster.Nodes[0].Address);
        await caller.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.Quorum, RealConnection.Ttl), Bounds.Token);
        var replies = await caller.ConsumeRepliesAsync();
        await using var way = new TcpProxy("127.0.0.1", nodes.Cluster.Nodes[2].Address.Port);
        await using var first = Worker("first", nodes.Cluster.Nodes[1].Address);
        using var end = new CancellationTokenSource();
        var load = SendAsync(caller, replies, end.Token);
        await UntilAsync(() => !first.Begun.IsEmpty, "the first worker serves");
        await using var second = Worker("second", nodes.Cluster.Nodes[2].Address.Through(way));
        await UntilAsync(() => second.Server.Status.IsReady, "the second worker stands by");
        var both = WatchAsync(first, second, end.Token);

        // The broker does not always move on, and sometimes it comes back before anybody has noticed.
        for (var cut = 0; cut < Cuts && !second.MayWrite; cut++)
        {
            Tell("the link is cut");
            await nodes.Cluster.CutLinkAsync(1, 0);
            var since = TimeProvider.System.GetTimestamp();
            while (!second.MayWrite && TimeProvider.System.GetElapsedTime(since) < CutLimit) await Task.Delay(Look, TimeProvider.System);
        }

        await UntilAsync(() => second.MayWrite, "the second worker serves");
        await UntilAsync(() => !first.MayWrite, "the first worker knows that it was away");

        var begun = first.Begun.Count;
        Tell("the second one's connection is cut");
        await way.DisposeAsync(); // As if it had died.
        await UntilAsync(() => first.Begun.Count > begun, "the first worker serves again");
        await end.CancelAsync();

        (await both.Within()).ShouldBe(0, $"how often both workers were found with the right to write\n{Story()}");
        ShouldStartOverAfterAnother();
        await load.Within();
    }

    /// <summary>Nobody begins anything with what it remembered from before another one began something.</summary>
    private void ShouldStartOverAfterAnother()
    {
        HashSet<string> startedOver = [], serving = [];
        foreach (var (worker, what) in _done)
        {
            if (what == WrittenHandover.StartedOver)
            {
                startedOver.Add(worker);
            }
            else if (what == WrittenHandover.Began)
            {
                if (startedOver.Remove(worker)) serving.Add(worker);
                serving.ShouldContain(worker, Story());
                serving.IntersectWith([worker]);
            }
        }
    }

    private void Tell(string what) => _story.Enqueue($"{TimeProvider.System.GetElapsedTime(_begun).TotalSeconds:0.000} s: {what}");

    private string Story() => string.Join('\n', [.. _story, .. _workers.SelectMany((worker, number) =>
        worker.Log.Snapshot().Where(entry => entry.EventId.Id != AnswerReturned).Select(entry => $"{number + 1}: {entry.Message}"))]);

    private LeadingServer Worker(string identity, BrokerAddress address)
    {
        var worker = new LeadingServer(identity, address, _done, (rpc, _) => (rpc.Queue, rpc.QueueKind) = (_queue, QueueKind.Quorum));
        _workers.Add(worker);
        return worker;
    }

    private async Task SendAsync(IBrokerConnection caller, string replies, CancellationToken end)
    {
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var order = RealConnection.Message("{}") with
            {
                MessageId = $"order-{number}", CorrelationId = $"{number}", ReplyTo = replies, Expiration = RealConnection.Ttl,
                Deadline = TimeProvider.System.GetUtcNow() + RealConnection.Ttl,
            };
            _ = caller.PublishAsync(_queue, order).ContinueWith(static sent => sent.Exception, TaskScheduler.Default);
            await Task.Delay(OrderPause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<int> WatchAsync(LeadingServer first, LeadingServer second, CancellationToken end)
    {
        var times = 0;
        (bool First, bool Second) last = (false, false);
        while (!end.IsCancellationRequested)
        {
            var now = (first.MayWrite, second.MayWrite);
            if (now != last) Tell($"the right to write: first {now.Item1}, second {now.Item2}");
            if (now is (true, true)) times++;
            last = now;
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }

        return times;
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var since = TimeProvider.System.GetTimestamp(); !condition(); await Task.Delay(Look, TimeProvider.System))
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Limit, $"{what}\n{Story()}");
    }
}

/// <summary>The cluster.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private TestBrokerCluster? _cluster;

    public TestBrokerCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster was not started.");

    public async ValueTask InitializeAsync() => _cluster = await TestBrokerCluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}
