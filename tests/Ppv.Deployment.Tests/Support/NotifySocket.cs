using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Ppv.Deployment.Tests.Support;

/// <summary>The socket at which systemd hears from a service (<c>NOTIFY_SOCKET</c>, <c>sd_notify(3)</c>).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();

    public NotifySocket(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _ = ReceiveAsync();
    }

    public string Path { get; }

    /// <summary>Waits until a message comes; those before it are given as well.</summary>
    public async Task<IReadOnlyList<string>> UntilAsync(string message)
    {
        var before = new List<string>();
        while (true)
        {
            var next = await _messages.Reader.ReadAsync(Bounds.Token);
            if (next == message) return before;
            before.Add(next);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true) _messages.Writer.TryWrite(Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer)));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _messages.Writer.TryComplete();
        }
    }
}
