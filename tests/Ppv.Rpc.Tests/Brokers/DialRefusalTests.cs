using System.Net;
using System.Net.Sockets;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>What answers at a broker's address, and is none that can be used, is named for what it is.</summary>
public class DialRefusalTests
{
    /// <summary><c>connection.start</c> of a broker that offers EXTERNAL only.</summary>
    private static readonly byte[] OnlyExternal =
    [
        1, 0, 0, 0, 0, 0, 31, 0, 10, 0, 10, 0, 9, 0, 0, 0, 0, 0, 0, 0, 8, .. "EXTERNAL"u8, 0, 0, 0, 5, .. "en_US"u8, 0xCE,
    ];

    [Fact]
    public async Task A_proxy_that_takes_the_connection_and_closes_it()
    {
        var said = await DialAsync([]);

        said.NeedsAttention.ShouldBeFalse();
        said.Message.ShouldContain("took the connection, and closed it");
        said.Message.ShouldContain("proxy");
        said.Message.ShouldNotContain("Pipe is completed");
        said.Message.ShouldNotContain("..");
    }

    [Fact]
    public async Task A_broker_that_takes_no_password()
    {
        var said = await DialAsync(OnlyExternal);

        said.NeedsAttention.ShouldBeTrue();
        foreach (var part in (string[])["EXTERNAL", "PLAIN", "auth_mechanisms"]) said.Message.ShouldContain(part);
        said.Message.ShouldNotContain("can't be reached");
    }

    /// <summary>Dials something that reads the protocol's header, says this, and closes.</summary>
    private static async Task<BrokerException> DialAsync(byte[] answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[8]);
            await stream.WriteAsync(answer);
            try
            {
                if (answer.Length > 0) await stream.CopyToAsync(Stream.Null); // Until the other end has had enough.
            }
            catch (IOException)
            {
                // As it has here.
            }
        });

        var said = await Should.ThrowAsync<BrokerException>(
            new RabbitMqDialer(new BrokerOptions { DialTimeout = TimeSpan.FromSeconds(30) }, TimeProvider.System)
            .DialAsync(new BrokerHost("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), "test", CancellationToken.None));
        await answering.WaitAsync(TimeSpan.FromSeconds(30));
        return said;
    }
}
