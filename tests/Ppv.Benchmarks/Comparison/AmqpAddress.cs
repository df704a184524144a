using System.Diagnostics.CodeAnalysis;
using Ppv.Rpc;
using RabbitMQ.Client;

namespace Ppv.Benchmarks.Comparison;

/// <summary>The broker that a verb measures on, as its address names it.</summary>
internal static class AmqpAddress
{
    private const int UsualPort = 5672;

    /// <summary>Where a verb names no broker: what the tests take, too.</summary>
    public static string Usual => Environment.GetEnvironmentVariable("PPV_TEST_AMQP") ?? "amqp://ppv:ppv@localhost:5672/%2Fppv";

    public static bool TryParse(string address, [NotNullWhen(true)] out BrokerOptions? broker)
    {
        broker = null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != "amqp") return false;
        var login = uri.UserInfo.Split(':');
        broker = new BrokerOptions
        {
            Hosts = [$"{uri.Host}:{(uri.Port > 0 ? uri.Port : UsualPort)}"],
            VirtualHost = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            UserName = Uri.UnescapeDataString(login[0]),
            Password = Uri.UnescapeDataString(login.ElementAtOrDefault(1) ?? ""),
        };
        return true;
    }

    /// <summary>For what uses RabbitMQ.Client itself.</summary>
    public static ConnectionFactory FactoryFor(BrokerOptions broker)
    {
        if (!BrokerHost.TryParse(broker.Hosts[0], out var host))
            throw new ArgumentException($"'{broker.Hosts[0]}' is no host.", nameof(broker));
        return new ConnectionFactory
        {
            HostName = host.Name,
            Port = host.Port,
            VirtualHost = broker.VirtualHost,
            UserName = broker.UserName,
            Password = broker.Password,
        };
    }
}
