using System.Collections.ObjectModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Ppv.Hosting.Configuration;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting.LegacyCfg;

/// <summary>
/// Puts the file that <c>--cfg</c> names below everything else: appsettings.json, environment variables and the command line win over it.
/// </summary>
internal static class LegacyCfgConfiguration
{
    public const string Key = "cfg";

    /// <returns>What the file sets; nothing where there is none, or none that can be used.</returns>
    public static IReadOnlyDictionary<string, string?> AddLegacyCfg(
        this IConfigurationManager configuration, LegacyRole role, StartupFindings notes)
    {
        if (configuration[Key] is not { Length: > 0 } name) return ReadOnlyDictionary<string, string?>.Empty;
        var path = Path.GetFullPath(name);
        if (!LegacyCfgFile.TryRead(path, out var content, out var error))
        {
            notes.AddProblem(error);
            return ReadOnlyDictionary<string, string?>.Empty;
        }

        var settings = LegacyCfgMapping.Map(path, content, role, notes);
        var lines = LegacyCfgMapping.LinesOf(content, role);
        configuration.Sources.Insert(0, new CfgSource(path, settings, lines));
        return settings;
    }

    private sealed class CfgSource(string file, Dictionary<string, string?> settings, IReadOnlyDictionary<string, int> lines)
        : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new CfgProvider(file, settings, lines);
    }

    private sealed class CfgProvider(string file, Dictionary<string, string?> settings, IReadOnlyDictionary<string, int> lines)
        : MemoryConfigurationProvider(new MemoryConfigurationSource { InitialData = settings }), IPlacedProvider
    {
        public string Name => $"{file} (--cfg)";

        public string PlaceOf(string path) => lines.TryGetValue(path, out var line) ? $"{file}, line {line} (--cfg)" : Name;
    }
}
