using Ppv.Protocol.Text;
using Spectre.Console;

namespace Ppv.Samples.Cli.Output;

/// <summary>Text from elsewhere, made fit for a terminal: it must not move the cursor, and is no markup.</summary>
internal static class Printable
{
    /// <summary>The text on one line, with a question mark for each character that can't be seen.</summary>
    public static string Text(string text) => PlainText.Of(text);

    /// <summary>The same, to stand in Spectre's markup.</summary>
    public static string InMarkup(string text) => Markup.Escape(Text(text));
}
