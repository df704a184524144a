using Spectre.Console;

namespace Ppv.Samples.Cli.Output;

/// <summary>Text from elsewhere, made fit for a terminal: it must not move the cursor, and is no markup.</summary>
internal static class Printable
{
    /// <summary>The text with each control character as a question mark.</summary>
    public static string Text(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));

    /// <summary>The same, to stand in Spectre's markup.</summary>
    public static string InMarkup(string text) => Markup.Escape(Text(text));
}
