using System.Globalization;
using Ppv.Protocol;

namespace Ppv.Samples.Simulator;

/// <summary>Reads lines as they stand on the command line: <c>1-29</c>, or one number.</summary>
internal static class LineRangeArgument
{
    public const string Sentence = "--lines takes first-last, such as 1-29, each from 1 to 999.";

    public static bool TryParse(string text, out LineRange range)
    {
        range = default;
        var ends = text.Split('-');
        if (ends.Length > 2 || !TryParseLine(ends[0], out var first) || !TryParseLine(ends[^1], out var last) || last < first) return false;
        range = new LineRange(first, last);
        return true;
    }

    private static bool TryParseLine(string text, out int line) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out line) && line is >= LineNumber.Min and <= LineNumber.Max;
}
