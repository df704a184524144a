namespace Ppv.TestKit;

/// <summary>
/// A RabbitMQ cluster of three nodes, in which a broken link is left to itself (<c>cluster_partition_handling = ignore</c>). Starting it
/// takes some ten seconds, so share one between tests.
/// </summary>
public sealed class TestBrokerCluster : IAsyncDisposable
{
    private const string IsWhole = "length(rabbit_nodes:all_running()) == 3 andalso "
        + "(rabbit_feature_flags:is_enabled(quorum_queue) orelse rabbit_feature_flags:enable(quorum_queue) == ok).";

    private static readonly TimeSpan FormBound = TimeSpan.FromSeconds(60), LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly TestBrokerNode[] _nodes;

    private TestBrokerCluster(TestBrokerNode[] nodes) => _nodes = nodes;

    /// <summary>The nodes; the others have joined the first one.</summary>
    public IReadOnlyList<TestBrokerNode> Nodes => _nodes;

    /// <summary>Starts the nodes, and waits until each knows all of them.</summary>
    /// <exception cref="NotSupportedException">The tests' brokers run in containers.</exception>
    /// <exception cref="InvalidOperationException">There is no broker on this machine; the message says why.</exception>
    public static async Task<TestBrokerCluster> StartAsync()
    {
        TestBroker.ThrowIfMissing();
        if (TestBroker.UsesContainers)
        {
            throw new NotSupportedException(
                "A cluster of RabbitMQ nodes in containers is not supported. Unset PPV_TEST_BROKER and install Debian's rabbitmq-server, "
                    + "which eng/broker.sh runs.");
        }

        var first = ScriptBroker.InTemporaryFolder();
        var starting = new[] { first, ScriptBroker.InTemporaryFolder(first), ScriptBroker.InTemporaryFolder(first) }
            .Select(TestBrokerNode.StartAsync).ToArray();
        try
        {
            var cluster = new TestBrokerCluster(await Task.WhenAll(starting));
            await cluster.IsWholeAsync();
            foreach (var node in cluster._nodes)
                await node.ControlAsync("eval", "application:set_env(rabbit, cluster_partition_handling, ignore).");
            return cluster;
        }
        catch
        {
            // The first one last: the others use what lies in its folder.
            foreach (var start in starting.Reverse())
            {
                await start.ContinueWith(static _ => { }, TaskScheduler.Default);
                if (start.IsCompletedSuccessfully) await (await start).DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>
    /// Cuts the link between two nodes. They make it again by themselves at once; what each side has concluded from the loss stays.
    /// </summary>
    public async Task CutLinkAsync(int one, int other)
    {
        var name = (await _nodes[other].ControlAsync("eval", "node().")).Trim().Trim('\'');
        await _nodes[one].ControlAsync("eval", $"erlang:disconnect_node('{name}').");
    }

    /// <summary>
    /// Waits until each node knows all of them again, and lets quorum queues be declared: nodes that join at once may leave that switched
    /// off on one of them.
    /// </summary>
    /// <exception cref="TimeoutException">They don't.</exception>
    public async Task IsWholeAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        foreach (var node in _nodes)
        {
            while ((await node.ControlAsync("eval", IsWhole)).Trim() != "true")
            {
                if (TimeProvider.System.GetElapsedTime(since) > FormBound)
                    throw new TimeoutException($"The nodes of the cluster did not find each other within {FormBound.TotalSeconds} s.");
                await Task.Delay(LookAgain, TimeProvider.System);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Reverse()) await node.DisposeAsync();
    }
}
