using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Ppv.Hosting;

/// <summary>Puts the file that <c>--cfg</c> names below everything else: appsettings.json, environment variables and the command line win over it.</summary>
internal static class LegacyCfgConfiguration
{
    public const string Key = "cfg";

    public static void AddLegacyCfg(this IConfigurationManager configuration, LegacyRole role, StartupNotes notes)
    {
        if (configuration[Key] is not { Length: > 0 } name) return;
        var path = Path.GetFullPath(name);
        if (!LegacyCfgFile.TryRead(path, out var values, out var error))
        {
            notes.AddProblem(error);
            return;
        }

        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LegacyCfgMapping.Map(path, values, role, notes) });
    }
}
