using System.Net.Sockets;
using System.Text;

namespace Ppv.Hosting.Tests;

/// <summary>A request byte for byte as a test writes it: no client in between puts its address in order.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request and reads all that comes back.</summary>
    /// <param name="server">The server.</param>
    /// <param name="request">The request's line, without the version.</param>
    /// <param name="body">Its body.</param>
    /// <param name="headers">Its headers; <c>Host</c> is among them when it is to be another one than the server's.</param>
    public static async Task<string> SendAsync(Uri server, string request, string body, params string[] headers)
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(server.Host, server.Port);
        string[] host = Array.Exists(headers, header => header.StartsWith("Host:", StringComparison.OrdinalIgnoreCase))
            ? []
            : [$"Host: {server.Authority}"];
        var head = string.Join("\r\n", [$"{request} HTTP/1.1", .. host, .. headers, "Connection: close", $"Content-Length: {body.Length}"]);
        await caller.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"{head}\r\n\r\n{body}"));
        using var reader = new StreamReader(caller.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(Hang.Limit);
    }
}
