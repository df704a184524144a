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
        // In a file that has the backup first, too, the primary is the first host.
        foreach (var setting in file.Converted.OrderBy(setting => IndexOf(setting.NewKey)))
            if (withPassword || setting.NewKey != CfgFile.PasswordPath) Put(root, setting);
        return root.ToJsonString(CliJson.Options);
    }

    private static int IndexOf(string key) =>
        int.TryParse(key.Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;

    private static void Put(JsonObject root, CfgSetting setting)
    {
        var names = setting.NewKey.Split(':');
        var isListed = int.TryParse(names[^1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        var section = root;
        foreach (var name in names[..^(isListed ? 2 : 1)]) section = (JsonObject)(section[name] ??= new JsonObject());
        JsonNode value = setting.IsNumber ? JsonValue.Create(long.Parse(setting.Value, CultureInfo.InvariantCulture)) : setting.Value;
        // The hosts: one alone is the first.
        if (isListed) ((JsonArray)(section[names[^2]] ??= new JsonArray())).Add(value);
        else section[names[^1]] = value;
    }
}
