using System.Text.RegularExpressions;
using Ppv.TestKit;

namespace Ppv.Cli.Tests;

/// <summary>
/// <c>docs/cli.md</c>. Each <c>```console</c> block is one command line behind <c>$ </c> and what it prints; <c>(exit code 1)</c> stands in
/// the last line where it is not 0.
/// </summary>
internal static partial class CliDocument
{
    public const string UpdateVariable = "PPV_UPDATE_DOCS";

    private static readonly string File = RepositoryPaths.PathTo("docs", "cli.md");

    /// <summary>The blocks, in their order.</summary>
    public static IReadOnlyList<CliExample> Examples() =>
        [.. Block().Matches(System.IO.File.ReadAllText(File)).Select(
            match => new CliExample(match.Groups["command"].Value, match.Groups["output"].Value))];

    /// <summary>Puts what a command printed into its block.</summary>
    public static void Update(string command, string output)
    {
        var text = System.IO.File.ReadAllText(File);
        System.IO.File.WriteAllText(File, Block().Replace(
            text, match => match.Groups["command"].Value == command ? $"```console\n$ {command}\n{output}```" : match.Value));
    }

    /// <summary>
    /// The text with what differs from run to run made equal: numbers, ids, bars, and the spaces that they push around.
    /// </summary>
    public static string Shape(string text) =>
        Spaces().Replace(Bars().Replace(Numbers().Replace(Ids().Replace(text, "ID"), "0"), "▒"), " ");

    [GeneratedRegex(@"```console\n\$ (?<command>[^\n]+)\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\b(?=[0-9a-f-]*[0-9])[0-9a-f]{8,}(-[0-9a-f]{4,})*\b")]
    private static partial Regex Ids();

    [GeneratedRegex(@"\d+([.,:]\d+)*")]
    private static partial Regex Numbers();

    [GeneratedRegex("[─━█▏▎▍▌▋▊▉▁▂▃▄▅▆▇·]+( ?▒)?")]
    private static partial Regex Bars();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}

/// <summary>A command of the document and what it is to print.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Output">What it prints, and the exit code where it is not 0.</param>
internal sealed record CliExample(string Command, string Output);
