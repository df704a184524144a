using RabbitMQ.Client;

namespace Ppv.TestKit;

/// <summary>
/// The RabbitMQ that the tests of one project share: what <c>PPV_TEST_AMQP</c> names, else a container, else a node that
/// <c>eng/broker.sh</c> runs. Make it once, in a fixture: <c>await TestBroker.StartAsync()</c> in <c>InitializeAsync</c>,
/// <c>DisposeAsync</c> at the end.
/// </summary>
/// <remarks>
/// Tests keep out of each other's way by queue names: <see cref="UniqueQueueName"/>. A test that restarts the broker or closes its
/// connections must not run beside others: use a <see cref="TestBrokerNode"/> of its own, or a collection that runs alone.
/// </remarks>
public sealed class TestBroker : IAsyncDisposable
{
    private const string AddressVariable = "PPV_TEST_AMQP";
    private const string FolderVariable = "PPV_TEST_BROKER_DIR";
    private const string KindVariable = "PPV_TEST_BROKER";
    private const string MissingVariable = "PPV_TEST_BROKER_MISSING";
    private const string Docker = "docker";
    private static readonly TimeSpan DockerBound = TimeSpan.FromSeconds(15);

    private readonly TestBrokerNode? _node;

    private TestBroker(BrokerAddress address, TestBrokerNode? node) => (Address, _node) = (address, node);

    /// <summary>Where it is.</summary>
    public BrokerAddress Address { get; }

    /// <summary>Host name or address.</summary>
    public string Host => Address.Host;

    /// <summary>The AMQP port.</summary>
    public int Port => Address.Port;

    /// <summary>The user name.</summary>
    public string UserName => Address.UserName;

    /// <summary>The password.</summary>
    public string Password => Address.Password;

    /// <summary>The virtual host.</summary>
    public string VirtualHost => Address.VirtualHost;

    /// <summary>Whether tests may restart it. Not when it is somebody else's, named by <c>PPV_TEST_AMQP</c> alone.</summary>
    public bool CanRestart => _node is not null;

    internal static bool UsesContainers => Environment.GetEnvironmentVariable(KindVariable) == Docker;

    private TestBrokerNode Node => _node ?? throw new InvalidOperationException(
        $"This broker was given by {AddressVariable} and is not the tests' to restart. Unset {AddressVariable}, or set {FolderVariable} "
            + "to its eng/broker.sh folder.");

    /// <summary>Finds the broker or starts one.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    public static async Task<TestBroker> StartAsync()
    {
        ThrowIfMissing();
        if (Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } uri)
        {
            var address = BrokerAddress.Parse(uri);
            var folder = Environment.GetEnvironmentVariable(FolderVariable);
            return new TestBroker(
                address, string.IsNullOrEmpty(folder) ? null : new TestBrokerNode(new ScriptBroker(folder, owned: false), address));
        }

        var node = await TestBrokerNode.StartAsync(
            UsesContainers || await CommandLine.SucceedsAsync(Docker, ["info"], DockerBound)
                ? new ContainerBroker()
                : ScriptBroker.InTemporaryFolder());
        return new TestBroker(node.Address, node);
    }

    /// <summary>A queue name that no other test uses.</summary>
    /// <param name="prefix">What it starts with.</param>
    public static string UniqueQueueName(string prefix = "test") => $"{prefix}.{Guid.NewGuid():N}";

    /// <summary>Opens a connection with the plain RabbitMQ client, recovery off.</summary>
    public Task<IConnection> ConnectAsync() => Address.ConnectAsync();

    /// <inheritdoc cref="TestBrokerNode.RestartAsync"/>
    /// <exception cref="InvalidOperationException">It is not ours: see <see cref="CanRestart"/>.</exception>
    public Task RestartAsync() => Node.RestartAsync();

    /// <inheritdoc cref="TestBrokerNode.StopAppAsync"/>
    public Task StopAppAsync() => Node.StopAppAsync();

    /// <inheritdoc cref="TestBrokerNode.StartAppAsync"/>
    public Task StartAppAsync() => Node.StartAppAsync();

    /// <inheritdoc cref="TestBrokerNode.CloseAllConnectionsAsync"/>
    public Task CloseAllConnectionsAsync(string reason) => Node.CloseAllConnectionsAsync(reason);

    /// <inheritdoc cref="TestBrokerNode.ControlAsync"/>
    public Task<string> ControlAsync(params string[] arguments) => Node.ControlAsync(arguments);

    /// <summary>Ends the broker if it was started here.</summary>
    public ValueTask DisposeAsync() => _node?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal static void ThrowIfMissing()
    {
        if (Environment.GetEnvironmentVariable(MissingVariable) is { Length: > 0 } reason)
            throw new InvalidOperationException(reason);
    }
}
