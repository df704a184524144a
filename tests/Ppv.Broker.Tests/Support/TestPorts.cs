using System.Net;
using System.Net.Sockets;

namespace Ppv.Broker.Tests.Support;

internal static class TestPorts
{
    /// <summary>A loopback port at which nobody listens, and nobody will while the socket is held.</summary>
    public static Socket Closed(out string hostAndPort)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        hostAndPort = socket.LocalEndPoint!.ToString()!;
        return socket;
    }
}
