using System.Globalization;

namespace Ppv.Samples.Cli.Workers;

/// <summary>How long to wait, as people write it: <c>500ms</c>, <c>1s</c>, <c>1.5</c> (seconds).</summary>
internal static class WaitRule
{
    public const string Sentence = "--wait takes 10ms to 60s, such as 500ms or 2s.";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromMinutes(1);

    /// <summary>Reads one that has been checked.</summary>
    public static TimeSpan Parse(string text) => TryParse(text, out var wait) ? wait : throw new FormatException(Sentence);

    public static bool TryParse(string text, out TimeSpan wait)
    {
        var (number, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], TimeSpan.FromMilliseconds(1))
            : (text.EndsWith('s') ? text[..^1] : text, TimeSpan.FromSeconds(1));
        wait = default;
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || !(count <= Longest / unit)) // Nor is it a number when it is none.
            return false;
        wait = unit * count;
        return wait >= Shortest;
    }
}
