namespace Ppv.Broker.Tests.Support;

/// <summary>A virtual host of the shared broker with limits of its own, for as long as the test runs.</summary>
internal sealed class OwnVirtualHost : IAsyncDisposable
{
    private readonly TestBroker _broker;

    private OwnVirtualHost(TestBroker broker, BrokerAddress address) => (_broker, Address) = (broker, address);

    /// <summary>Where the broker is, with this virtual host.</summary>
    public BrokerAddress Address { get; }

    /// <summary>Makes one.</summary>
    /// <param name="broker">Its broker.</param>
    /// <param name="limits">Its limits in JSON, as <c>set_vhost_limits</c> takes them; none when <see langword="null"/>.</param>
    public static async Task<OwnVirtualHost> MakeAsync(SharedBroker broker, string? limits = null)
    {
        var name = $"own-{Guid.NewGuid():N}";
        var host = new OwnVirtualHost(broker.Broker, broker.Address with { VirtualHost = name });
        await broker.Broker.ControlAsync("add_vhost", name);
        await broker.Broker.ControlAsync("set_permissions", "-p", name, broker.Address.UserName, ".*", ".*", ".*");
        if (limits is not null) await broker.Broker.ControlAsync("set_vhost_limits", "-p", name, limits);
        return host;
    }

    /// <summary>Sets a policy for all of its queues.</summary>
    public Task SetPolicyAsync(string definition) =>
        _broker.ControlAsync("set_policy", "-p", Address.VirtualHost, "own", ".*", definition, "--apply-to", "queues");

    public async ValueTask DisposeAsync() => await _broker.ControlAsync("delete_vhost", Address.VirtualHost);
}
