using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Ppv.Protocol;

namespace Ppv.Hosting.Security;

/// <summary>Who asks.</summary>
internal static class Caller
{
    public const string UnixSocket = "a Unix socket";

    private const char OfHost = '@', Hashed = '#'; // In no client's name, and each at the beginning of its own kind.

    /// <summary>The caller's address; behind a known proxy, the one that the proxy names.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? UnixSocket;

    /// <summary>
    /// Whose orders the caller places and sees: the owner of its key, or who the host itself has found it to be; <see langword="null"/>
    /// where callers are not known, and for operators, who see all.
    /// </summary>
    public static string? OwnerOf(HttpContext context)
    {
        var user = context.User;
        if (ClientKeyHandler.OwnerOf(user) is { } owner) return owner;
        if (ClientKeyHandler.HasRole(user, PpvAccessRole.Operator)) return null;
        // One who is let in and has no name is somebody all the same, and sees no more than others.
        return user.Identity is { IsAuthenticated: true } identity
            ? OwnerOfHost(identity.Name ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.FindFirst("sub")?.Value ?? "")
            : null;
    }

    /// <summary>
    /// The name, where it can be an owner's as it is: calls don't differ by case, so names that do have their hash. Nobody can choose a
    /// name that looks like another one's hash.
    /// </summary>
    private static string OwnerOfHost(string name) =>
        $"{OfHost}{name}" is var owner && ConnectionId.IsValidOwner(owner) && !owner.Any(char.IsAsciiLetterUpper)
        ? owner
        : $"{Hashed}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16))}";

    /// <summary>What counts as one caller: an address; of IPv6 a network, because whoever has one address has all of it.</summary>
    public static string NetworkOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return UnixSocket;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
