namespace Ppv.TestKit;

/// <summary>
/// A RabbitMQ node that a test may stop, kill and start: <c>await using var backup = await TestBrokerNode.StartAsync();</c>. Its port stays
/// the same. Starting one takes seconds, so share nodes between tests where they allow it.
/// </summary>
public sealed class TestBrokerNode : IAsyncDisposable
{
    private readonly IBrokerProcess _process;
    private volatile bool _isAlive = true, _isFrozen;

    internal TestBrokerNode(IBrokerProcess process, BrokerAddress address) => (_process, Address) = (process, address);

    /// <summary>Where it is.</summary>
    public BrokerAddress Address { get; }

    /// <summary>Whether its process is there, as far as it was this object that started and ended it; a frozen one is.</summary>
    public bool IsAlive => _isAlive;

    /// <summary>Whether it was frozen and not thawed yet.</summary>
    public bool IsFrozen => _isFrozen;

    /// <summary>Starts a node of your own, apart from the shared <see cref="TestBroker"/>; disposing ends it.</summary>
    /// <exception cref="InvalidOperationException">There is no broker on this machine; the message says why.</exception>
    public static Task<TestBrokerNode> StartAsync()
    {
        TestBroker.ThrowIfMissing();
        return StartAsync(TestBroker.UsesContainers ? new ContainerBroker() : ScriptBroker.InTemporaryFolder());
    }

    /// <summary>As <see cref="StartAsync()"/>, with TLS on a port of its own: <see cref="BrokerAddress.TlsPort"/>.</summary>
    /// <param name="certificates">
    /// The folder of <c>ca.pem</c>, <c>server.pem</c> and <c>server-key.pem</c>; where it has <c>clients.pem</c>, a certificate of that
    /// issuer is demanded. They are read again after <see cref="ReadCertificatesAgainAsync"/>.
    /// </param>
    /// <exception cref="NotSupportedException">The tests' brokers run in containers.</exception>
    public static Task<TestBrokerNode> StartWithTlsAsync(string certificates)
    {
        TestBroker.ThrowIfMissing();
        if (TestBroker.UsesContainers)
            throw new NotSupportedException("TLS to RabbitMQ in a container is not supported. Unset PPV_TEST_BROKER.");
        return StartAsync(ScriptBroker.InTemporaryFolder(certificates: certificates));
    }

    /// <summary>Has the node use what its certificate files hold now, for new connections.</summary>
    public Task ReadCertificatesAgainAsync() => _process.ControlAsync("eval", "ssl:clear_pem_cache().");

    internal static async Task<TestBrokerNode> StartAsync(IBrokerProcess process)
    {
        try
        {
            return new TestBrokerNode(process, await process.StartAsync());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the node and starts it again: connections are lost, transient queues are gone, durable ones stay.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Ends the node in good order: clients are told (320, CONNECTION_FORCED), then refused.</summary>
    public Task StopAsync() => EndAsync(_process.StopAsync);

    /// <summary>Ends the node at once, as a crash would.</summary>
    public Task KillAsync() => EndAsync(_process.KillAsync);

    /// <summary>Starts the node after <see cref="StopAsync"/> or <see cref="KillAsync"/>; one that runs is left as it is.</summary>
    public async Task StartAgainAsync()
    {
        await _process.StartAsync();
        _isAlive = true;
    }

    /// <summary>
    /// Stops the node's process where it stands: connections stay open, the system even accepts new ones, and nothing is answered. It can
    /// still be stopped and killed.
    /// </summary>
    public async Task FreezeAsync()
    {
        await _process.FreezeAsync();
        _isFrozen = true;
    }

    /// <summary>Lets a frozen node go on.</summary>
    public async Task ThawAsync()
    {
        await _process.ThawAsync();
        _isFrozen = false;
    }

    /// <summary>Stops RabbitMQ inside the running node: faster than <see cref="StopAsync"/>, to the clients the same.</summary>
    public Task StopAppAsync() => _process.ControlAsync("stop_app");

    /// <summary>Starts RabbitMQ again after <see cref="StopAppAsync"/>.</summary>
    public Task StartAppAsync() => _process.ControlAsync("start_app");

    /// <summary>Closes every client's connection; new ones are accepted.</summary>
    /// <param name="reason">What the clients are told.</param>
    // Without --global only those of the virtual host "/" are closed.
    public Task CloseAllConnectionsAsync(string reason) => _process.ControlAsync("close_all_connections", "--global", reason);

    /// <summary>
    /// Runs any <c>rabbitmqctl</c> command, such as <c>ControlAsync("list_queues", "-p", "/ppv", "name")</c>, and gives what it printed.
    /// </summary>
    public Task<string> ControlAsync(params string[] arguments) => _process.ControlAsync(arguments);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task EndAsync(Func<Task> how)
    {
        // Before it is gone: who finds it gone and asks must not be told that it is there.
        _isAlive = false;
        await how();
        _isFrozen = false;
    }
}
