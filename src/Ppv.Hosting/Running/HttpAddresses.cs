using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Ppv.Hosting.Running;

/// <summary>Where the program serves HTTP, as the configuration says before it does.</summary>
internal static class HttpAddresses
{
    private const string Default = "http://localhost:5000";

    /// <summary>What Kestrel goes by, in its order: its own endpoints, <c>Urls</c>, <c>http_ports</c>, its default.</summary>
    /// <exception cref="FormatException">One of them is no address.</exception>
    public static IReadOnlyList<BindingAddress> Of(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        var texts = Split(string.Join(';', endpoints));
        if (texts.Length == 0) texts = Split(configuration["urls"]);
        if (texts.Length == 0) texts = [.. Split(configuration["http_ports"]).Select(port => $"http://*:{port}")];
        if (texts.Length == 0) texts = [Default];
        return [.. texts.Select(Parse)];
    }

    private static BindingAddress Parse(string text)
    {
        try
        {
            return BindingAddress.Parse(text);
        }
        catch (FormatException)
        {
            throw new FormatException($"Urls has '{text}', which is no address. It is to be like http://localhost:5000 or http://*:5000.");
        }
    }

    /// <summary>The addresses of this machine at which it is bound; none for a unix socket.</summary>
    public static IReadOnlyList<IPAddress> Interfaces(BindingAddress address)
    {
        if (address.IsUnixPipe) return [];
        if (address.Host == "localhost") return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        // Kestrel takes every other name for "all".
        return [IPAddress.TryParse(address.Host, out var ip) ? ip : IPAddress.Any];
    }

    /// <summary>Where a program on this machine reaches what is bound there.</summary>
    public static string Reachable(BindingAddress address) => Interfaces(address) switch
    {
        [] => "localhost",
        [var ip] when ip.Equals(IPAddress.IPv6Any) => $"[{IPAddress.IPv6Loopback}]",
        [var ip] when ip.Equals(IPAddress.Any) => IPAddress.Loopback.ToString(),
        [{ AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } ip] => $"[{ip}]",
        [var ip, ..] => ip.ToString(),
    };

    private static string[] Split(string? text) =>
        (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
