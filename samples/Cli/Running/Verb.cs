using System.CommandLine;

namespace Ppv.Samples.Cli.Running;

/// <summary>A command of the tool, with examples for its <c>--help</c>.</summary>
/// <param name="name">What is typed.</param>
/// <param name="description">What it does, as a sentence.</param>
/// <param name="examples">Whole command lines.</param>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Whole command lines, most useful first.</summary>
    public IReadOnlyList<string> Examples => examples;

    /// <summary>What it ends with when its arguments can't be used.</summary>
    public int BadArguments { get; init; } = ExitCodes.BadArguments;
}
