using System.Net;
using System.Net.Sockets;
using Ppv.Protocol.Tests.Support;

namespace Ppv.Testing.Tests.Wizard;

/// <summary>A bare socket: sends and receives exactly the bytes that a test names.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Bounded.Token());
        return client;
    }

    public async Task SendAsync(string bytes) => await _socket.SendAsync(Bytes.Of(bytes), Bounded.Token());

    /// <summary>The next bytes up to a <c>\r</c>, or what came until the end of the connection.</summary>
    public async Task<string> ReceiveAsync()
    {
        var received = "";
        var one = new byte[1];
        while (!received.EndsWith('\r') && await _socket.ReceiveAsync(one, Bounded.Token()) > 0) received += Bytes.Text(one);
        return received;
    }

    public async Task<string> AskAsync(string bytes)
    {
        await SendAsync(bytes);
        return await ReceiveAsync();
    }

    public void Dispose() => _socket.Dispose();
}
