using Spectre.Console;

namespace Ppv.Samples.Cli.Output;

/// <summary>Makes the console that verbs print to.</summary>
internal static class CliConsole
{
    // No line is as long as this.
    private const int UnlimitedWidth = 100_000;

    /// <summary>Makes a console.</summary>
    /// <param name="output">Where the text goes.</param>
    /// <param name="redirected">
    /// Whether a program or a file reads it: then it is plain text, and lines are not folded at the width of a terminal that is not there.
    /// </param>
    /// <param name="noColor">Whether the person wants no colours (https://no-color.org).</param>
    public static IAnsiConsole Create(TextWriter output, bool redirected, bool noColor = false)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected || noColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (redirected) console.Profile.Width = UnlimitedWidth;
        return console;
    }
}
