using System.Globalization;
using System.Reflection;
using Ppv.Protocol.Validation;

namespace Ppv.Hosting.Tests;

/// <summary>An option as the document shows it: all of it is read from the options class.</summary>
internal sealed record DocumentedOption(string Key, PropertyInfo Property, object? Default)
{
    private Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    public string Variable => Key.Replace(":", "__", StringComparison.Ordinal);

    public InRangeAttribute? Bounds => Property.GetCustomAttribute<InRangeAttribute>();

    public bool IsList => Type != typeof(string) && Type.IsAssignableTo(typeof(System.Collections.IEnumerable));

    /// <summary>The kind of the value, and its unit where it has one.</summary>
    public string Kind => Type switch
    {
        _ when Type == typeof(TimeSpan) => "time",
        _ when Type == typeof(bool) => "switch",
        _ when Type == typeof(int) || Type == typeof(long) =>
            Property.Name.EndsWith("Bytes", StringComparison.Ordinal) ? "number of bytes" : "number",
        _ when Type == typeof(DateTimeOffset) => "point in time",
        { IsEnum: true } => "one of a few names",
        _ when IsList => "list",
        _ => "text",
    };

    public string ShownDefault => Default switch
    {
        null => "not set",
        "" => "empty",
        string text => $"`{text}`",
        bool on => on ? "`true`" : "`false`",
        _ when IsList => "empty",
        _ => $"`{OptionRules.Show(Default)}`",
    };

    public string Range => Property.GetCustomAttribute<RuleAttribute>() is { } rule
        ? rule.RuleFor(Type.IsEnum ? Activator.CreateInstance(Type) : null).Replace(
        $" to {int.MaxValue}", " or more", StringComparison.Ordinal)
        : Type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(Type))}" : Type == typeof(bool) ? "true or false" : "see the text";

    /// <summary>The keys of the old files that set it.</summary>
    public IEnumerable<LegacyKey> LegacyKeys =>
        LegacyKeysOf.Where(key => key.Path == Key || key.Path.StartsWith($"{Key}:", StringComparison.Ordinal));

    private static IEnumerable<LegacyKey> LegacyKeysOf =>
        Hosting.LegacyCfg.LegacyKeys.Of(LegacyRole.Gateway).Concat(Hosting.LegacyCfg.LegacyKeys.Of(LegacyRole.Worker)).Distinct();

    /// <summary>A value as a sentence may have it.</summary>
    public static IEnumerable<string> InWords(object? value) => value switch
    {
        null => ["null"],
        TimeSpan time => Times(time),
        int number => [number.ToString(CultureInfo.InvariantCulture), number.ToString("N0", CultureInfo.InvariantCulture)],
        long number => [number.ToString(CultureInfo.InvariantCulture), number.ToString("N0", CultureInfo.InvariantCulture)],
        bool on => [on ? "true" : "false"],
        "" => ["empty"],
        string text => [text],
        System.Collections.IEnumerable => ["empty"],
        _ => [value.ToString()!],
    };

    private static IEnumerable<string> Times(TimeSpan time)
    {
        if (time == TimeSpan.Zero) yield return "0";
        foreach (var (name, unit) in ((string, TimeSpan)[])[
            ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("min", TimeSpan.FromMinutes(1)),
            ("h", TimeSpan.FromHours(1)), ("hour", TimeSpan.FromHours(1)), ("day", TimeSpan.FromDays(1)), ("days", TimeSpan.FromDays(1))])
        {
            if (time.Ticks % unit.Ticks == 0)
                yield return $"{(time.Ticks / unit.Ticks).ToString("N0", CultureInfo.InvariantCulture)} {name}";
        }
    }
}
