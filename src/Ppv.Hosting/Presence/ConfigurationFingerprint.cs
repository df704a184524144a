using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ppv.Hosting.Configuration;
using Ppv.Rpc;

namespace Ppv.Hosting.Presence;

/// <summary>
/// A short hash of options: the same settings have the same one on every machine, so that somebody sees when two workers of a queue are not
/// set alike. Secrets are not in it, for a hash of all the rest and a short password would tell the password. Nor is what may differ
/// between two machines that are set alike: where files are, and the name that the connections carry.
/// </summary>
internal static class ConfigurationFingerprint
{
    private const string Hosts = ":Broker:Hosts", JournalPath = ":Server:Journal:Path";

    private static readonly string[] Secrets = ["Password", "Secret", "Token", "Key"];
    private static readonly string[] OfTheMachine = [":Broker:ClientName", ":Tls:CaFile", ":Tls:CertificateFile", ":Tls:KeyFile"];

    /// <summary>The first 12 hexadecimal digits of a SHA-256 over all options that count.</summary>
    public static string Of(object options)
    {
        var lines = OptionTree.Values(options, "Ppv")
            .Where(option => Counts(option.Path))
            .Select(option => $"{option.Path}={Comparable(option)}")
            .Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..12];
    }

    private static bool Counts(string path)
    {
        var name = path[(path.LastIndexOf(':') + 1)..];
        return !Secrets.Any(secret => name.Contains(secret, StringComparison.OrdinalIgnoreCase))
            && !OfTheMachine.Any(own => path.EndsWith(own, StringComparison.Ordinal));
    }

    private static string Comparable(OptionValue option) =>
        option.Path.EndsWith(Hosts, StringComparison.Ordinal) ? WithoutLogins(option.Value)
        : option.Path.EndsWith(JournalPath, StringComparison.Ordinal) ? (option.Value is "null" or "\"\"" ? "memory" : "file")
        : option.Value;

    /// <summary>A host's entry may have a login of its own; one that can't be read is left out whole, for it may have one too.</summary>
    private static string WithoutLogins(string hosts) =>
        string.Join(' ', (JsonSerializer.Deserialize<List<string?>>(hosts) ?? []).Select(
            text => BrokerHostEntry.TryParse(text, out var entry) ? $"{entry.Host} {entry.VirtualHost} {entry.ServerName};" : ";"));
}
