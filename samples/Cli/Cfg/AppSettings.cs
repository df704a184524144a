using System.Globalization;
using System.Text.Json.Nodes;
using Ppv.Samples.Cli.Output;

namespace Ppv.Samples.Cli.Cfg;

/// <summary>Settings as an <c>appsettings.json</c>.</summary>
internal static class AppSettings
{
    /// <summary>The text of the file, without a password unless it is asked for.</summary>
    public static string Of(CfgFile file, bool withPassword)
    {
        var root = new JsonObject();
        foreach (var setting in file.Settings)
            if (withPassword || setting.NewKey != CfgFile.PasswordPath) Put(root, setting);
        return root.ToJsonString(CliJson.Options);
    }

    private static void Put(JsonObject root, CfgSetting setting)
    {
        var names = setting.NewKey.Split(':');
        var isListed = int.TryParse(names[^1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        var section = root;
        foreach (var name in names[..^(isListed ? 2 : 1)]) section = (JsonObject)(section[name] ??= new JsonObject());
        JsonNode value = setting.IsNumber ? JsonValue.Create(long.Parse(setting.Value, CultureInfo.InvariantCulture)) : setting.Value;
        // The hosts: the primary comes before the backup in every file that has both, and one alone is the first.
        if (isListed) ((JsonArray)(section[names[^2]] ??= new JsonArray())).Add(value);
        else section[names[^1]] = value;
    }
}
