using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Memory;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting.Configuration;

/// <summary>
/// Secrets from files, one for each key, named as in the environment: <c>Ppv__Broker__Password</c>. From the folder that systemd names for
/// <c>LoadCredential=</c>, and from one that <c>SecretsFolder</c> names, as containers have. They win over everything but the command line;
/// one newline at the end, as editors leave it, is none of the value's.
/// </summary>
internal static class CredentialFiles
{
    /// <summary>The variable of systemd: https://systemd.io/CREDENTIALS.</summary>
    public const string SystemdKey = "CREDENTIALS_DIRECTORY";

    public const string FolderKey = "SecretsFolder";

    /// <summary>Adds both, once; where they can't be read, a problem in their place.</summary>
    public static void AddCredentialFiles(this IConfigurationManager configuration, StartupFindings notes)
    {
        if (configuration.Sources.OfType<CredentialsSource>().Any()) return;
        foreach (var misspelt in configuration.GetChildren().Select(child => child.Key).Where(IsNearlyFolderKey))
            notes.AddProblem($"{misspelt} is not known; did you mean {FolderKey}? It names the folder of the secrets.");
        foreach (var key in (string[])[SystemdKey, FolderKey])
        {
            if (configuration[key] is not { Length: > 0 } folder) continue;
            try
            {
                var values = new ConfigurationBuilder().AddKeyPerFile(Path.GetFullPath(folder), optional: false).Build();
                configuration.Sources.Insert(BeforeCommandLine(configuration), new CredentialsSource(folder, values.AsEnumerable()));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                notes.AddProblem(
                    $"The secrets in {folder} ({key}) can't be read: {e.Message} Let this account read the folder and its files.");
            }
        }
    }

    private static bool IsNearlyFolderKey(string key) =>
        NearestName.Distance(key, FolderKey) is 1 or 2;

    private static int BeforeCommandLine(IConfigurationManager configuration)
    {
        var last = configuration.Sources.Count;
        for (var i = last - 1; i >= 0; i--)
            if (configuration.Sources[i] is CommandLineConfigurationSource) return i;
        return last;
    }

    private sealed class CredentialsSource(string folder, IEnumerable<KeyValuePair<string, string?>> values) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new CredentialsProvider(folder, values);
    }

    private sealed class CredentialsProvider(string folder, IEnumerable<KeyValuePair<string, string?>> values)
        : MemoryConfigurationProvider(new MemoryConfigurationSource { InitialData = values }), IPlacedProvider
    {
        public string Name => $"the secrets in {folder}";

        public string PlaceOf(string path) => $"the secret {Path.Combine(folder, path.Replace(":", "__", StringComparison.Ordinal))}";
    }
}
