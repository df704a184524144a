using System.Globalization;
using System.Text.RegularExpressions;
using Ppv.Hosting.Configuration;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.LegacyCfg;

/// <summary>Turns an old file's values into ours: names, units, and the end of the lines.</summary>
internal static partial class LegacyCfgMapping
{
    private const int LongestShown = 100;

    /// <summary>
    /// Maps what can be mapped; the rest becomes problems (a value of the wrong form, the wrong file) and warnings (keys without effect).
    /// </summary>
    /// <remarks>
    /// An empty value is like a missing key: the default stands. No message has a value in it: indented lines belong to the key above,
    /// whatever they are.
    /// </remarks>
    public static Dictionary<string, string?> Map(string path, LegacyIni content, LegacyRole role, StartupFindings notes)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (WrongFile(content, role) is { } wrong)
        {
            notes.AddProblem($"The file {path} (--cfg) {wrong}");
            return settings;
        }

        settings["Ppv:Rpc:QueueKind"] = nameof(QueueKind.LegacyTransient); // As the old programs declare it (contract §2).
        var known = LegacyKeys.Of(role).ToList();
        var used = new HashSet<LegacyIniEntry>(ReferenceEqualityComparer.Instance);
        foreach (var key in known)
        {
            if (content.Find(key.Section, key.Name) is not { } entry) continue;
            used.Add(entry);
            if (key.Form == LegacyForm.WithoutEffect)
                notes.AddWarning($"{path}: {key} has no effect, as ever: orders without connid are refused. To take them, set {key.Path} "
                    + "to a line that calls don't use, and Ppv:Gateway:AllowMissingConnectionId to true.");
            else
                Set(settings, key, entry, content, used, problem => notes.AddProblem($"{path}, line {entry.Line}: {key} {problem}"));
        }

        foreach (var section in content.Sections.Prepend(LegacyIni.DefaultSection))
        {
            foreach (var (name, entry) in content.Own(section))
                if (!used.Contains(entry))
                    notes.AddWarning($"{path}, line {entry.Line}: [{Shown(section)}] {Shown(name)} {Stray(section, name, known)}");
        }

        TakeOnlyHostFirst(settings);
        return settings;
    }

    /// <summary>In which line of the file each setting stands; without those that come with every old file.</summary>
    public static IReadOnlyDictionary<string, int> LinesOf(LegacyIni content, LegacyRole role)
    {
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in LegacyKeys.Of(role).Where(key => key.Form != LegacyForm.WithoutEffect))
            if (content.Find(key.Section, key.Name) is { Value.Length: > 0 } entry) lines[key.Path] = entry.Line;
        TakeOnlyHostFirst(lines);
        return lines;
    }

    /// <summary>A backup host without a primary one is the only host, and so the first of the list.</summary>
    private static void TakeOnlyHostFirst<T>(Dictionary<string, T> values)
    {
        if (!values.ContainsKey(LegacyKeys.PrimaryHost) && values.Remove(LegacyKeys.BackupHost, out var only))
            values[LegacyKeys.PrimaryHost] = only;
    }

    private static void Set(
        Dictionary<string, string?> settings, LegacyKey key, LegacyIniEntry entry, LegacyIni content, HashSet<LegacyIniEntry> used,
        Action<string> report)
    {
        string value;
        try
        {
            value = content.Interpolate(key.Section, entry, used);
        }
        catch (LegacyIniException e)
        {
            report(e.Line == entry.Line ? $"can't be used: {e.Message}" : $"can't be used because of line {e.Line}: {e.Message}");
            return;
        }

        if (value.Length == 0) return;
        if (key is { Form: LegacyForm.Text, Name: not "password" } && value.Contains('\n'))
            report("goes on in the indented lines below it, and must be one line. If those are keys of their own, take away the spaces "
                + "before them.");
        else if (Convert(value, key.Form) is { } setting)
            settings[key.Path] = setting;
        else
            report("must be a whole number.");
    }

    private static string? WrongFile(LegacyIni content, LegacyRole role)
    {
        var isWorkers = content.Sections.Contains(LegacyKeys.WizardSection);
        if (role == LegacyRole.Gateway)
            return isWorkers ? "is a worker's: it has the section [WizardServer]. Give the gateway its own, rest_api_gateway.cfg." : null;
        var gatewayKey = LegacyKeys.GatewayOnly.FirstOrDefault(key => content.Find(key.Section, key.Name) is not null);
        return !isWorkers && gatewayKey is not null
            ? $"is a gateway's: it has {gatewayKey}, and no section [WizardServer]. Give the worker its own, ppv_srv.cfg."
            : null;
    }

    /// <summary>A name may be as long as a file, and stands in the message for each of its keys.</summary>
    private static string Shown(string name) => PlainText.Of(name, LongestShown);

    private static string Stray(string section, string name, IEnumerable<LegacyKey> known)
    {
        var meant = known.FirstOrDefault(
            key => key.Name == name && string.Equals(key.Section, section, StringComparison.OrdinalIgnoreCase));
        return meant is not null && meant.Section != section
            ? $"has no effect, as ever: the section must be written [{meant.Section}]."
            : "is not a key that is known here; it has no effect.";
    }

    private static string? Convert(string value, LegacyForm form)
    {
        if (form == LegacyForm.Text) return value;
        var text = LegacyIniParser.Strip(value);
        if (!PythonInteger().IsMatch(text)) return null;
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (!int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return null;
        return form switch
        {
            LegacyForm.Milliseconds => TimeSpan.FromMilliseconds((long)number).ToString("c"),
            LegacyForm.Seconds => TimeSpan.FromSeconds((long)number).ToString("c"),
            LegacyForm.EndLine => ((long)number - 1).ToString(CultureInfo.InvariantCulture),
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>What <c>int()</c> takes, such as <c>20_000_000</c>.</summary>
    [GeneratedRegex(@"^[+-]?[0-9]+(_[0-9]+)*\z")]
    private static partial Regex PythonInteger();
}
