using System.Globalization;

namespace Ppv.Samples.Cli.Check;

/// <summary>Something that a check measures, and the thresholds that it has when none are given.</summary>
/// <param name="Name">As it is named on the command line and in results.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Warn">The threshold of a warning; <see langword="null"/> for none.</param>
/// <param name="Critical">The threshold of an alarm; <see langword="null"/> for none.</param>
/// <param name="Meaning">What it is, as the end of a sentence.</param>
/// <param name="IsLowBad">Whether values below the thresholds are bad; otherwise those above are.</param>
internal sealed record Measure(
    string Name, MeasureUnit Unit, double? Warn, double? Critical, string Meaning, bool IsLowBad = false)
{
    private static readonly (string Suffix, double Factor)[] Durations =
        [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

    private static readonly (string Suffix, double Factor)[] Sizes =
    [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
    ];

    /// <summary>What a threshold of it looks like.</summary>
    public string Example => Unit switch
    {
        MeasureUnit.Seconds => "a time such as 500ms, 2s, 5m, 1h or 1d",
        MeasureUnit.Bytes => "a size such as 500MB or 1GiB",
        _ => "a whole number",
    };

    /// <summary>Reads a threshold.</summary>
    /// <param name="text">A value with its unit, or <c>off</c>.</param>
    /// <param name="value">The value; <see langword="null"/> for off.</param>
    public bool TryParse(string text, out double? value)
    {
        value = null;
        if (text == "off") return true;
        if (Unit == MeasureUnit.Count)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
            value = count;
            return true;
        }

        // The longest suffix first, so that ms is not taken for m and a stray s.
        foreach (var (suffix, factor) in (Unit == MeasureUnit.Seconds ? Durations : Sizes).OrderByDescending(unit => unit.Suffix.Length))
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            var isNumber = double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out var number);
            if (isNumber) value = number * factor;
            return isNumber;
        }

        return false;
    }

    /// <summary>A value for people.</summary>
    public string Show(double value) => Unit switch
    {
        MeasureUnit.Seconds when value < 1 => string.Create(CultureInfo.InvariantCulture, $"{value * 1000:0} ms"),
        MeasureUnit.Seconds when value < 120 => string.Create(CultureInfo.InvariantCulture, $"{value:0.#} s"),
        MeasureUnit.Seconds when value < 7200 => string.Create(CultureInfo.InvariantCulture, $"{value / 60:0} min"),
        MeasureUnit.Seconds => string.Create(CultureInfo.InvariantCulture, $"{value / 3600:0.#} h"),
        MeasureUnit.Bytes when value >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.#} GB"),
        MeasureUnit.Bytes => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.#} MB"),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };
}

/// <summary>What a measure is counted in.</summary>
internal enum MeasureUnit
{
    Count,
    Seconds,
    Bytes,
}
