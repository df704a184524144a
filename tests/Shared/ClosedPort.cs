using System.Net;
using System.Net.Sockets;

namespace Ppv.Tests;

/// <summary>
/// A port of loopback at which nobody listens, and nobody will while this is held: it is bound, and does not listen. One that was let go
/// may be another test's a moment later.
/// </summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public int Port { get; }

    /// <summary>Host and port.</summary>
    public string Address => FormattableString.Invariant($"127.0.0.1:{Port}");

    public void Dispose() => _socket.Dispose();
}
