using System.Reflection;
using System.Text.Json;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting.Configuration;

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
            : [new OptionValue(name, JsonSerializer.Serialize(value))]
        select found;

    /// <summary>What a configuration can set.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(object options) => OptionShape.PropertiesOf(options.GetType());

    /// <summary>Options of options: neither one value nor a list.</summary>
    public static bool IsSection(Type type) => OptionShape.IsSection(type);
}
