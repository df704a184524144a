using System.Collections.ObjectModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Ppv.Hosting;

/// <summary>Puts the file that <c>--cfg</c> names below everything else: appsettings.json, environment variables and the command line win over it.</summary>
internal static class LegacyCfgConfiguration
{
    public const string Key = "cfg";

    /// <returns>What the file sets; nothing where there is none, or none that can be used.</returns>
    public static IReadOnlyDictionary<string, string?> AddLegacyCfg(this IConfigurationManager configuration, LegacyRole role, StartupNotes notes)
    {
        if (configuration[Key] is not { Length: > 0 } name) return ReadOnlyDictionary<string, string?>.Empty;
        var path = Path.GetFullPath(name);
        if (!LegacyCfgFile.TryRead(path, out var content, out var error))
        {
            notes.AddProblem(error);
            return ReadOnlyDictionary<string, string?>.Empty;
        }

        var settings = LegacyCfgMapping.Map(path, content, role, notes);
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = settings });
        return settings;
    }
}
