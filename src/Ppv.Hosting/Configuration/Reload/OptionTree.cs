using System.Reflection;
using System.Text.Json;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting;

/// <summary>Options of any type as configuration paths with values, nested ones included.</summary>
internal static class OptionTree
{
    /// <summary>Every option with its value; a list is one value.</summary>
    /// <param name="options">The options.</param>
    /// <param name="path">Their section, such as <c>Ppv</c>.</param>
    public static IEnumerable<OptionValue> Values(object options, string path) =>
        from property in PropertiesOf(options)
        let value = property.GetValue(options)
        let name = $"{path}:{property.Name}"
        from found in value is not null && IsSection(property.PropertyType)
            ? Values(value, name)
            : [new OptionValue(name, JsonSerializer.Serialize(value), IsReloadable(property))]
        select found;

    /// <summary>Puts everything that is not <see cref="ReloadableAttribute"/> back to what it is elsewhere.</summary>
    /// <param name="changed">The options that are changed here.</param>
    /// <param name="inUse">Options of the same type.</param>
    public static void KeepWhatNeedsARestart(object changed, object inUse)
    {
        foreach (var property in PropertiesOf(changed).Where(property => !IsReloadable(property)))
        {
            var (value, kept) = (property.GetValue(changed), property.GetValue(inUse));
            if (value is not null && kept is not null && IsSection(property.PropertyType)) KeepWhatNeedsARestart(value, kept);
            else property.SetValue(changed, kept);
        }
    }

    /// <summary>What a configuration can set.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(object options) => OptionShape.PropertiesOf(options.GetType());

    /// <summary>Options of options: neither one value nor a list.</summary>
    public static bool IsSection(Type type) => OptionShape.IsSection(type);

    public static bool IsReloadable(PropertyInfo property) => property.IsDefined(typeof(ReloadableAttribute));
}

/// <summary>One option. The value is for comparing only: it may be a password.</summary>
internal sealed record OptionValue(string Path, string Value, bool IsReloadable);
