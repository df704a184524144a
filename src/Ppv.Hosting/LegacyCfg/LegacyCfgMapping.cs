using System.Globalization;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>Turns an old file's values into ours: names, units, and the end of the lines.</summary>
internal static class LegacyCfgMapping
{
    /// <summary>Maps what can be mapped; the rest becomes problems (a value of the wrong form, the wrong file) and warnings (keys without effect).</summary>
    /// <remarks>An empty value is like a missing key: the default stands.</remarks>
    public static Dictionary<string, string?> Map(string path, IDictionary<string, string?> values, LegacyRole role, StartupNotes notes)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (WrongFile(values, role) is { } wrong)
        {
            notes.AddProblem($"The file {path} (--cfg) {wrong}");
            return settings;
        }

        settings["Ppv:Rpc:QueueKind"] = nameof(QueueKind.LegacyTransient); // As the old programs declare it (contract §2).
        var known = LegacyKeys.Of(role);
        foreach (var (name, value) in values)
        {
            if (!known.TryGetValue(name, out var key))
                notes.AddWarning($"{path}: {Shown(name)} is not a key that is known here; it has no effect.");
            else if (key.Form == LegacyForm.WithoutEffect)
                notes.AddWarning($"{path}: {Shown(name)} has no effect, as ever: orders without connid are refused. To take them, set {key.Path} "
                    + "to a line that calls don't use, and Ppv:Gateway:AllowMissingConnectionId to true.");
            else if (string.IsNullOrEmpty(value))
                continue;
            else if (Convert(value, key.Form) is { } setting)
                settings[key.Path] = setting;
            else
                notes.AddProblem($"{path}: {Shown(name)} is \"{value}\"; it must be a whole number.");
        }

        return settings;
    }

    private static string? WrongFile(IDictionary<string, string?> values, LegacyRole role)
    {
        var isWorkers = values.Keys.Any(name => name.StartsWith(LegacyKeys.WizardSection, StringComparison.OrdinalIgnoreCase));
        if (role == LegacyRole.Gateway)
            return isWorkers ? "is a worker's: it has the section [WizardServer]. Give the gateway its own, rest_api_gateway.cfg." : null;
        var gatewayKey = LegacyKeys.GatewayOnly.FirstOrDefault(key => values.ContainsKey(key.Name));
        return !isWorkers && gatewayKey is not null ? $"is a gateway's: it has {Shown(gatewayKey.Name)}, and no section [WizardServer]. Give the worker its own, ppv_srv.cfg." : null;
    }

    private static string? Convert(string value, LegacyForm form)
    {
        if (form == LegacyForm.Text) return value;
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return null;
        return form switch
        {
            LegacyForm.Milliseconds => TimeSpan.FromMilliseconds((long)number).ToString("c"),
            LegacyForm.Seconds => TimeSpan.FromSeconds((long)number).ToString("c"),
            LegacyForm.EndLine => ((long)number - 1).ToString(CultureInfo.InvariantCulture),
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string Shown(string name) =>
        name.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? $"[{name[..colon]}] {name[(colon + 1)..]}" : name;
}
