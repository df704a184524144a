using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>A socket that is connected already, for the client library, which would try one address of each family, one after the other.</summary>
internal sealed class ConnectedTcpClient(Socket socket) : TcpClientAdapter(socket)
{
    public override Task ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
