using System.Diagnostics.CodeAnalysis;
using Ppv.Rpc;
using RabbitMQ.Client;

namespace Ppv.Benchmarks.Comparison;

/// <summary>The broker that a verb measures on.</summary>
internal sealed record AmqpAddress(Uri Uri)
{
    private const int UsualPort = 5672;

    /// <summary>Where a verb names no broker: what the tests take, too.</summary>
    public static string Usual => Environment.GetEnvironmentVariable("PPV_TEST_AMQP") ?? "amqp://ppv:ppv@localhost:5672/%2Fppv";

    /// <summary>For what uses RabbitMQ.Client itself.</summary>
    public ConnectionFactory Factory => new() { Uri = Uri };

    public BrokerOptions Broker
    {
        get
        {
            var login = Uri.UserInfo.Split(':');
            return new BrokerOptions
            {
                Hosts = [$"{Uri.Host}:{(Uri.Port > 0 ? Uri.Port : UsualPort)}"],
                VirtualHost = Uri.UnescapeDataString(Uri.AbsolutePath.TrimStart('/')),
                UserName = Uri.UnescapeDataString(login[0]),
                Password = Uri.UnescapeDataString(login.ElementAtOrDefault(1) ?? ""),
            };
        }
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out AmqpAddress? address)
    {
        address = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == "amqp" ? new AmqpAddress(uri) : null;
        return address is not null;
    }
}
