using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ppv.Benchmarks.EndToEnd;

/// <summary>
/// One caller as the voice platform is one: GETs with a body on a connection that stays, one at a time. A bare socket, because an HTTP
/// client would take more of the cores than the gateway does.
/// </summary>
internal sealed class Caller : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];

    public void Dispose() => _socket.Dispose();

    public Task ConnectAsync(int port) => _socket.ConnectAsync(IPAddress.Loopback, port);

    /// <summary>The request for one command of a call.</summary>
    public static byte[] Request(string connid, string command, string value)
    {
        var body = $$"""{"content": "{'connid':'{{connid}}','{{command}}':'{{value}}'}"}""";
        return Encoding.ASCII.GetBytes("GET /api/v1/ppv HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n{body}"));
    }

    /// <summary>Places one command, which Wizard has to answer with OK.</summary>
    public async ValueTask PlaceAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        var count = 0;
        while (!IsWhole(_buffer.AsSpan(0, count)))
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(count));
            if (read == 0) throw new IOException("The gateway closed the connection.");
            count += read;
        }

        if (!_buffer.AsSpan(0, count).EndsWith("""{"callresult":"OK"}"""u8))
            throw new InvalidOperationException($"The gateway answered:\n{Encoding.ASCII.GetString(_buffer, 0, count)}");
    }

    /// <summary>Every answer of the gateway is JSON of one object, and no header ends with a brace.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer) =>
        answer.IndexOf("\r\n\r\n"u8) is >= 0 and var head && answer.Length > head + 4 && answer[^1] == '}';
}
