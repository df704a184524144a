namespace Ppv.Broker.Tests.Support;

/// <summary>A user of the shared broker with rights of its own, for as long as the test runs.</summary>
internal sealed class LimitedUser : IAsyncDisposable
{
    private readonly TestBroker _broker;

    private LimitedUser(TestBroker broker, BrokerAddress address) => (_broker, Address) = (broker, address);

    /// <summary>Where the broker is, and how this user logs in.</summary>
    public BrokerAddress Address { get; }

    public static async Task<LimitedUser> MakeAsync(SharedBroker broker, string configure, string write, string read)
    {
        var name = $"limited-{Guid.NewGuid():N}";
        await broker.Broker.ControlAsync("add_user", name, name);
        var user = new LimitedUser(broker.Broker, broker.Address with { UserName = name, Password = name });
        await user.SetAsync(configure, write, read);
        return user;
    }

    /// <summary>Gives it other rights.</summary>
    public Task SetAsync(string configure, string write, string read) =>
        _broker.ControlAsync("set_permissions", "-p", Address.VirtualHost, Address.UserName, configure, write, read);

    public async ValueTask DisposeAsync() => await _broker.ControlAsync("delete_user", Address.UserName);
}
