namespace Ppv.Samples.Cli.Output;

/// <summary>Bars made of characters, for a terminal as for a file.</summary>
internal static class Bars
{
    /// <summary>
    /// A bar in its place between a beginning and an end, such as <c>"   ████"</c>: never empty, so that the short is seen too.
    /// </summary>
    /// <param name="start">Where it begins, 0 to 1.</param>
    /// <param name="length">How long it is, 0 to 1.</param>
    /// <param name="width">How many characters the whole has.</param>
    public static string Between(double start, double length, int width)
    {
        var first = (int)Math.Round(Math.Clamp(start, 0, 1) * width);
        var count = (int)Math.Round(Math.Clamp(start + length, 0, 1) * width) - first;
        return new string(' ', Math.Min(first, width - 1)) + (count < 1 ? "▏" : new string('█', count));
    }
}
