using System.Globalization;

namespace Ppv.Samples.Cli.Bench;

/// <summary>Amounts as they are typed: <c>10s</c>, <c>250ms</c>, <c>20/s</c>.</summary>
internal static class Amounts
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("us", TimeSpan.FromMicroseconds(1)), ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>Reads a duration with its unit: us, ms, s, m or h.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        var unit = text[digits.Length..];
        var length = Units.FirstOrDefault(each => each.Unit == unit).Length;
        if (length == default || !TryNumber(digits, out var number) || number > TimeSpan.MaxValue / length) return false;
        duration = number * length;
        return true;
    }

    /// <summary>Reads a rate, <c>20/s</c>, <c>20</c> or <c>600/m</c>, as a number a second.</summary>
    public static bool TryRate(string text, out double perSecond)
    {
        var isMinutes = text.EndsWith("/m", StringComparison.Ordinal);
        var digits = isMinutes || text.EndsWith("/s", StringComparison.Ordinal) ? text.AsSpan(0, text.Length - 2) : text;
        if (!TryNumber(digits, out perSecond)) return false;
        if (isMinutes) perSecond /= 60;
        return true;
    }

    /// <summary>Reads a number that is 0 or more.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>A duration for people, such as <c>10 s</c> or <c>250 ms</c>.</summary>
    public static string Show(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s");
}
