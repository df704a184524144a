using System.Text.RegularExpressions;
using Ppv.Hosting;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Running;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Settings;

namespace Ppv.Samples.Cli.Cfg;

/// <summary>An old configuration file: what each key of it became, and what a program that is started with it would say.</summary>
internal sealed record CfgFile
{
    public const string PasswordPath = "Ppv:Broker:Password";
    private const string Mask = "****";

    public required string File { get; init; }

    public required LegacyRole Role { get; init; }

    /// <summary>What the file sets, in the order of its lines, then what comes with every old file.</summary>
    public required IReadOnlyList<CfgSetting> Settings { get; init; }

    /// <summary>The same as it takes effect where nobody knows that it came from an old file. To be written, not to be shown.</summary>
    internal IReadOnlyList<CfgSetting> Converted { get; private init; } = [];

    /// <summary>What would keep the program from starting.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Keys without effect, and those that contradict each other.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="role">Whose it is; <see langword="null"/> finds out.</param>
    /// <exception cref="CliException">It can't be read, or it can't be told whose it is.</exception>
    public static CfgFile Read(string path, LegacyRole? role)
    {
        var content = Open(path);
        var whose = role ?? RoleOf(path, content);
        var program = ProgramSettings.Load(whose, Path.GetFullPath(path));
        var mapped = LegacyCfgMapping.Map(path, content, whose, new StartupFindings());
        var keys = LegacyKeys.Of(whose).Where(key => content.Find(key.Section, key.Name) is not null).ToList();
        var settings = mapped.Select(setting => Setting(setting.Key, setting.Value, keys, content))
            .OrderBy(setting => setting.Line ?? int.MaxValue).ToList();
        return new CfgFile
        {
            File = path,
            Role = whose,
            Settings = settings,
            Converted = [.. settings.Select(setting => InEffect(setting, program))],
            Problems = [.. program.Problems.Select(text => Told(text, path, settings))],
            Warnings = [.. program.Warnings.Select(text => Told(text, path, settings))],
        };
    }

    /// <summary>Whose the file at a path is.</summary>
    /// <exception cref="CliException">It can't be read, or it can't be told whose it is.</exception>
    public static LegacyRole RoleOf(string path) => RoleOf(path, Open(path));

    /// <summary>The same, to be shown.</summary>
    public CfgFile Masked() => this with
    {
        Settings = [.. Settings.Select(setting => setting.NewKey == PasswordPath ? setting with { Value = Mask } : setting)],
    };

    private static LegacyIni Open(string path) => LegacyCfgFile.TryRead(path, out var content, out var error)
        ? content
        : throw new CliException(error.Replace(" (--cfg)", "", StringComparison.Ordinal), ExitCodes.BadArguments);

    private static LegacyRole RoleOf(string path, LegacyIni content)
    {
        if (content.Sections.Contains(LegacyKeys.WizardSection)) return LegacyRole.Worker;
        if (LegacyKeys.GatewayOnly.Any(key => content.Find(key.Section, key.Name) is not null)) return LegacyRole.Gateway;
        throw new CliException(
            $"It can't be told whose file {path} is: it has neither [{LegacyKeys.WizardSection}], as a worker's has, nor "
            + "timeout_waiting_for_response, as a gateway's has. Give --role gateway or --role worker.", ExitCodes.BadArguments);
    }

    private static CfgSetting Setting(string path, string? value, List<LegacyKey> keys, LegacyIni content)
    {
        // Of two spellings of a key the later one of the list wins, as in the mapping.
        var key = keys.LastOrDefault(key => key.Path == path)
            ?? (path == LegacyKeys.PrimaryHost ? keys.Find(key => key.Path == LegacyKeys.BackupHost) : null);
        return new CfgSetting(key is null ? null : content.Find(key.Section, key.Name)!.Line, key?.ToString(), path, value ?? "",
            key?.Form is LegacyForm.Number or LegacyForm.EndLine);
    }

    /// <summary>The old worker's lines are not always those that its file names; a file of ours says those that are used.</summary>
    private static CfgSetting InEffect(CfgSetting setting, ProgramSettings program) => (setting.NewKey, program.Server) switch
    {
        ("Ppv:Server:FirstLine", { } server) => setting with { Value = $"{server.FirstLine}" },
        ("Ppv:Server:LastLine", { } server) => setting with { Value = $"{server.LastLine}" },
        _ => setting,
    };

    /// <summary>What the program says, with the file's own words for the settings that it names.</summary>
    private static string Told(string text, string path, IEnumerable<CfgSetting> settings)
    {
        text = text.Replace(Path.GetFullPath(path), path, StringComparison.Ordinal).Replace(" (--cfg)", "", StringComparison.Ordinal);
        var named = settings.Where(setting => setting.OldKey is { } old && !text.Contains(old, StringComparison.Ordinal)
            && Names(text, setting.NewKey)).ToList();
        return named.Count == 0 ? text : $"{text} (In the file: {string.Join("; ", named.Select(setting => setting.Place))}.)";
    }

    /// <summary>Whether a text has a key in it, and not only one that begins like it.</summary>
    private static bool Names(string text, string key) =>
        Regex.IsMatch(text, $@"{Regex.Escape(key)}(?![\w:])", RegexOptions.CultureInvariant);
}

/// <summary>A setting that an old file makes.</summary>
/// <param name="Line">The line of its key; <see langword="null"/> for one that comes with every old file.</param>
/// <param name="OldKey">Its section and key.</param>
/// <param name="NewKey">The configuration path that it sets now.</param>
/// <param name="Value">The value that it sets there.</param>
/// <param name="IsNumber">Whether that is a number.</param>
internal sealed record CfgSetting(int? Line, string? OldKey, string NewKey, string Value, bool IsNumber)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public string Place => FormattableString.Invariant($"{OldKey}, line {Line}");
}
