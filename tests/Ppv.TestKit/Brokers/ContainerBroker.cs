using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Testcontainers.RabbitMq;

namespace Ppv.TestKit;

/// <summary>A node in a container.</summary>
internal sealed class ContainerBroker : IBrokerProcess
{
    private const string Image = "rabbitmq:3.13-alpine";
    private const int AmqpPort = 5672;
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CommandBound = TimeSpan.FromMinutes(2);

    private readonly int _port;
    private readonly RabbitMqContainer _container;

    public ContainerBroker()
    {
        // A port of our choice: one chosen by Docker would be another one after a restart of the container.
        _port = FreePort();
        _container = new RabbitMqBuilder(Image)
            .WithUsername("ppv")
            .WithPassword("ppv")
            .WithPortBinding(_port, AmqpPort)
            .Build();
    }

    public async Task<BrokerAddress> StartAsync()
    {
        using var bound = new CancellationTokenSource(StartBound);
        await _container.StartAsync(bound.Token);
        await ControlAsync("await_startup");
        if (!(await ControlAsync("-q", "list_vhosts", "name")).Split('\n').Contains("/ppv"))
        {
            await ControlAsync("add_vhost", "/ppv");
            await ControlAsync("set_permissions", "-p", "/ppv", "ppv", ".*", ".*", ".*");
        }

        return new BrokerAddress(_container.Hostname, _port, "ppv", "ppv", "/ppv");
    }

    public async Task StopAsync()
    {
        using var bound = new CancellationTokenSource(CommandBound);
        await _container.StopAsync(bound.Token);
    }

    // From outside: a container's first process can't be killed from within.
    public Task KillAsync() => CommandLine.RunCheckedAsync("docker", ["kill", _container.Id], CommandBound);

    public Task FreezeAsync() => CommandLine.RunCheckedAsync("docker", ["pause", _container.Id], CommandBound);

    public Task ThawAsync() => CommandLine.RunCheckedAsync("docker", ["unpause", _container.Id], CommandBound);

    public async Task<string> ControlAsync(params string[] arguments)
    {
        using var bound = new CancellationTokenSource(CommandBound);
        var result = await _container.ExecAsync(["rabbitmqctl", .. arguments], bound.Token);
        return result.ExitCode == 0
            ? result.Stdout
            : throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture,
                    $"rabbitmqctl {string.Join(' ', arguments)} ended with code {result.ExitCode}. {result.Stdout}{result.Stderr}"));
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
