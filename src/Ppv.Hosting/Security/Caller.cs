using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting;

/// <summary>Who asks, for the log.</summary>
internal static class Caller
{
    public const string UnixSocket = "a Unix socket";

    /// <summary>The caller's address; behind a known proxy, the one that the proxy names.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? UnixSocket;
}
