using System.CommandLine;

namespace Ppv.Samples.Cli.Running;

/// <summary>Options that mean the same wherever they stand.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Prints the result as JSON, for programs." };

    public static Option<bool> Yes() => new("--yes", "-y")
    {
        Description = "Does not ask before it buys, disturbs callers, settles or accepts.",
    };
}
