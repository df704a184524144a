using System.Globalization;

namespace Ppv.Samples.Cli.Journal;

/// <summary>A moment as people give it: how long ago, or when.</summary>
internal static class Moment
{
    public const string Sentence = "--since takes how long ago, such as 90s, 30m, 24h or 7d, or a time, such as 2026-11-26T18:00:00+01:00 "
        + "(UTC without an offset).";

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = default;
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var count) && Unit(text[^1]) is { } unit && count * unit.TotalDays < 36_500)
        {
            moment = now - unit * count;
            return true;
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }

    private static TimeSpan? Unit(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
