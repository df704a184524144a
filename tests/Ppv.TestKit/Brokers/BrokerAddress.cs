using System.Globalization;
using Ppv.Rpc;
using RabbitMQ.Client;

namespace Ppv.TestKit;

/// <summary>Where a broker is and how to log in.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">The AMQP port.</param>
/// <param name="UserName">The user name.</param>
/// <param name="Password">The password.</param>
/// <param name="VirtualHost">The virtual host, such as <c>/ppv</c>.</param>
public sealed record BrokerAddress(string Host, int Port, string UserName, string Password, string VirtualHost)
{
    private const int DefaultPort = 5672;
    private static readonly TimeSpan ConnectBound = TimeSpan.FromSeconds(10);

    /// <summary>The port for AMQP over TLS, of a node that was started with certificates.</summary>
    public int? TlsPort { get; init; }

    /// <summary>The host and the port as options want them: <c>127.0.0.1:5672</c>.</summary>
    public string HostAndPort => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads an address such as <c>amqp://ppv:ppv@127.0.0.1:5672/%2Fppv</c>.</summary>
    /// <exception cref="FormatException">It is no such address.</exception>
    public static BrokerAddress Parse(string uri)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Scheme != "amqp")
            throw new FormatException("A broker's address looks like amqp://user:password@host:5672/%2Fvhost; this one does not.");
        var login = parsed.UserInfo.Split(':', 2);
        return new BrokerAddress(
            parsed.Host,
            parsed.Port > 0 ? parsed.Port : DefaultPort,
            login[0].Length > 0 ? Uri.UnescapeDataString(login[0]) : "guest",
            login.Length > 1 ? Uri.UnescapeDataString(login[1]) : "guest",
            parsed.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(parsed.AbsolutePath[1..]) : "/");
    }

    /// <summary>Sets host, login and virtual host, with the host at the end of the list: two calls make a primary and a backup.</summary>
    public void ApplyTo(BrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Hosts.Add(HostAndPort);
        (options.UserName, options.Password, options.VirtualHost) = (UserName, Password, VirtualHost);
    }

    /// <summary>Opens a connection with the plain RabbitMQ client, recovery off: for the old peer's part, or to look into queues.</summary>
    public async Task<IConnection> ConnectAsync()
    {
        var factory = new ConnectionFactory
        {
            HostName = Host,
            Port = Port,
            UserName = UserName,
            Password = Password,
            VirtualHost = VirtualHost,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ClientProvidedName = "test kit",
        };
        using var bound = new CancellationTokenSource(ConnectBound);
        return await factory.CreateConnectionAsync(bound.Token).WaitAsync(ConnectBound);
    }
}
