namespace Ppv.TestKit;

/// <summary>
/// Two RabbitMQ nodes, as a site has them: <c>await using var brokers = await TestBrokerPair.StartClusteredAsync();</c>. Starting them
/// takes some ten seconds, so share a pair between tests and call <see cref="HealAsync"/> between them.
/// </summary>
public sealed class TestBrokerPair : IAsyncDisposable
{
    private static readonly TimeSpan ClusterBound = TimeSpan.FromSeconds(60), HealBound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(300);

    private readonly List<TcpProxy> _proxies = [];

    private TestBrokerPair(TestBrokerNode primary, TestBrokerNode backup, bool isCluster) =>
        (Primary, Backup, IsCluster) = (primary, backup, isCluster);

    /// <summary>The first one.</summary>
    public TestBrokerNode Primary { get; }

    /// <summary>The second one; in a cluster, it joined the first.</summary>
    public TestBrokerNode Backup { get; }

    /// <summary>Whether they are nodes of one cluster; otherwise they know nothing of each other.</summary>
    public bool IsCluster { get; }

    /// <summary>
    /// Starts two nodes of one cluster. A node that says nothing for some 4 s is given up by the other; a split heals by itself.
    /// </summary>
    /// <exception cref="NotSupportedException">The tests' brokers run in containers.</exception>
    /// <exception cref="InvalidOperationException">There is no broker on this machine; the message says why.</exception>
    public static Task<TestBrokerPair> StartClusteredAsync()
    {
        TestBroker.ThrowIfMissing();
        if (TestBroker.UsesContainers)
        {
            throw new NotSupportedException(
                "A cluster of RabbitMQ nodes in containers is not supported. Unset PPV_TEST_BROKER and install Debian's rabbitmq-server, "
                    + "which eng/broker.sh runs.");
        }

        var primary = ScriptBroker.InTemporaryFolder();
        return StartAsync(primary, ScriptBroker.InTemporaryFolder(primary), isCluster: true);
    }

    /// <summary>Starts two nodes that know nothing of each other.</summary>
    /// <exception cref="InvalidOperationException">There is no broker on this machine; the message says why.</exception>
    public static Task<TestBrokerPair> StartIndependentAsync()
    {
        TestBroker.ThrowIfMissing();
        return TestBroker.UsesContainers
            ? StartAsync(new ContainerBroker(), new ContainerBroker(), isCluster: false)
            : StartAsync(ScriptBroker.InTemporaryFolder(), ScriptBroker.InTemporaryFolder(), isCluster: false);
    }

    /// <summary>
    /// A new way to a node, to be broken without harming the node; closed with the pair, or earlier by whoever asked for it.
    /// </summary>
    public TcpProxy ProxyTo(TestBrokerNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var proxy = new TcpProxy(node.Address.Host, node.Address.Port);
        lock (_proxies) _proxies.Add(proxy);
        return proxy;
    }

    /// <summary>Starts what was ended, thaws what was frozen, and in a cluster waits until both know each other again.</summary>
    /// <exception cref="TimeoutException">They don't.</exception>
    public async Task HealAsync()
    {
        var wasFrozen = new[] { Primary, Backup }.FirstOrDefault(node => node.IsFrozen);
        // At the same time: nodes of a cluster that were both ended wait for each other.
        await Task.WhenAll(HealAsync(Primary), HealAsync(Backup));
        if (!IsCluster || await IsWholeWithinAsync(HealBound)) return;
        // Where a split does not heal by itself, an operator restarts the node that was away.
        if (wasFrozen is not null) await wasFrozen.KillAsync();
        if (wasFrozen is not null) await wasFrozen.StartAgainAsync();
        if (!await IsWholeWithinAsync(ClusterBound))
            throw new TimeoutException(
                $"The nodes of the cluster did not find each other again within {ClusterBound.TotalSeconds} s; see their logs.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        // In this order: the second one uses what lies in the first one's folder.
        await Backup.DisposeAsync();
        await Primary.DisposeAsync();
    }

    private static async Task<TestBrokerPair> StartAsync(IBrokerProcess primary, IBrokerProcess backup, bool isCluster)
    {
        var starting = (Primary: TestBrokerNode.StartAsync(primary), Backup: TestBrokerNode.StartAsync(backup));
        try
        {
            return new TestBrokerPair(await starting.Primary, await starting.Backup, isCluster);
        }
        catch
        {
            foreach (var start in new[] { starting.Backup, starting.Primary })
            {
                await start.ContinueWith(static _ => { }, TaskScheduler.Default);
                if (start.IsCompletedSuccessfully) await (await start).DisposeAsync();
            }

            throw;
        }
    }

    private static async Task HealAsync(TestBrokerNode node)
    {
        if (node.IsFrozen) await node.ThawAsync();
        if (!node.IsAlive) await node.StartAgainAsync();
    }

    private async Task<bool> IsWholeWithinAsync(TimeSpan bound)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await SeesBothAsync(Primary) || !await SeesBothAsync(Backup))
        {
            if (TimeProvider.System.GetElapsedTime(since) > bound) return false;
            await Task.Delay(LookAgain, TimeProvider.System);
        }

        return true;
    }

    private static async Task<bool> SeesBothAsync(TestBrokerNode node)
    {
        try
        {
            // Not what Erlang knows of its neighbours: RabbitMQ has to run there, too, which it does not while a split heals.
            var state = (await node.ControlAsync("eval", $$"""
                {length(rabbit_nodes:all_running()), rabbit:is_running(), rabbit_node_monitor:partitions(),
                 rabbit_vhost_sup_sup:is_vhost_alive(<<"{{node.Address.VirtualHost}}">>)}.
                """)).Replace(" ", "", StringComparison.Ordinal);
            if (!state.Contains("{2,true,[],", StringComparison.Ordinal)) return false;
            if (state.Contains("{2,true,[],true}", StringComparison.Ordinal)) return true;
            // A split that heals may leave a node without its virtual host, for good; an operator does this then.
            await node.ControlAsync("restart_vhost", "-p", node.Address.VirtualHost);
            return false;
        }
        catch (InvalidOperationException)
        {
            // A node that heals may not answer.
            return false;
        }
    }
}
