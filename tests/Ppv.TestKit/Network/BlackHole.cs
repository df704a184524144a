using System.Net;
using System.Net.Sockets;

namespace Ppv.TestKit;

/// <summary>
/// An address that answers nobody who connects, as one without a route: a listener that accepts nothing and whose backlog is full.
/// </summary>
public sealed class BlackHole : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    /// <summary>Opens it, and fills its backlog.</summary>
    /// <param name="address">A loopback address, such as 127.0.0.2.</param>
    /// <param name="port">The port.</param>
    public BlackHole(IPAddress address, int port)
    {
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(1);
        // Linux takes one or two more than it was told; what comes afterwards gets no answer.
        for (var i = 0; i < 8; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _fillers.Add(filler);
            try
            {
                filler.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It is under way.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var filler in _fillers) filler.Dispose();
        _listener.Dispose();
    }
}
