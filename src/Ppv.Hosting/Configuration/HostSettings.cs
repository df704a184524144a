using Microsoft.Extensions.Configuration;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting.Configuration;

/// <summary>The section of a gateway or a worker, with all that gateway and worker know in it.</summary>
internal sealed class HostSettings(IConfiguration section, OptionShape shape)
{
    /// <summary>Reads it as it is now.</summary>
    public SettingsReading Read() => SettingsReading.Of(section, shape);

    /// <summary>What is in effect of several of them, each once: gateway and worker in one program have the same section.</summary>
    public static IReadOnlyList<Setting> InEffect(IEnumerable<HostSettings> settings) =>
        [.. settings.SelectMany(each => each.Read().Settings).DistinctBy(setting => (setting.Path.ToUpperInvariant(), setting.Place))];
}
