using Ppv.Protocol.Text;
using Ppv.Protocol.Validation;

namespace Ppv.Rpc.Settings;

/// <summary>A value that is in effect, and where it is from.</summary>
/// <param name="Path">Its path, such as <c>Ppv:Broker:Hosts:0</c>; of a list that is empty its own.</param>
/// <param name="Value">As it is written there. It may be a secret: <see cref="Shown"/> is for people.</param>
/// <param name="Shape">What it is.</param>
/// <param name="Source">Where it is from.</param>
internal sealed record Setting(string Path, string? Value, OptionShape Shape, SettingSource Source)
{
    private const int LongestShown = 200;

    /// <summary>Where it stands, as a sentence names it.</summary>
    public string Place => Source.PlaceOf(Path);

    /// <summary>What may be shown: no secret, on one line, and not without end.</summary>
    public string Shown
    {
        get
        {
            if (Shape.Kind == OptionKind.List) return "(an empty list)";
            if (Value is null) return "null";
            var text = Shape.Secret?.Show(Value) ?? Value;
            if (text.Length > LongestShown) text = $"{text[..LongestShown]}…";
            return PlainText.Of(text);
        }
    }

    /// <summary>Without the value.</summary>
    public override string ToString() => $"{Path} ({Place})";

    /// <summary>What is wrong with a text that is to become a value.</summary>
    /// <returns>What it must be, as it follows "it must be"; <see langword="null"/> where it can be taken.</returns>
    public static string? RuleBrokenBy(string? text, Type type)
    {
        if (text is null || (text.Length == 0 && Nullable.GetUnderlyingType(type) is not null)) return null;
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value.IsEnum)
        {
            var names = Enum.GetNames(value);
            // Neither a number nor several names in one: both are a value that nobody has written down.
            return names.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase) ? null : $"one of {string.Join(", ", names)}";
        }

        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return Type.GetTypeCode(value) switch
        {
            TypeCode.Boolean => bool.TryParse(text, out _) ? null : "true or false",
            TypeCode.Int32 => int.TryParse(text, culture, out _) ? null : $"a whole number, at most {int.MaxValue}",
            TypeCode.Int64 => long.TryParse(text, culture, out _) ? null : $"a whole number, at most {long.MaxValue}",
            TypeCode.Double => double.TryParse(text, culture, out _) ? null : "a number",
            _ when value == typeof(TimeSpan) => TimeSpan.TryParse(text, culture, out _) ? null : "a time, such as 00:00:30",
            _ when value == typeof(DateTimeOffset) => DateTimeOffset.TryParse(text, culture, out _)
                ? null
                : "a point in time with its offset from UTC, such as 2026-12-01T04:00:00+01:00",
            _ => null,
        };
    }

    /// <summary>A text that can't be taken, as a message shows it: numbers as they are, all else in quotes.</summary>
    public static string Quote(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) ? text : OptionRules.Show(text);
}
