using Ppv.Samples.Cli;
using Ppv.Samples.Cli.Running;
using Ppv.TestKit;

namespace Ppv.Cli.Tests;

/// <summary>
/// What <c>docs/cli.md</c> says the tool prints is what it prints: every command in it is run, in its order, in one world.
/// <c>PPV_UPDATE_DOCS=1 dotnet test tests/Ppv.Cli.Tests --filter CliDocument</c> writes it anew.
/// </summary>
public sealed class CliDocumentTests(World world) : IClassFixture<World>
{
    /// <summary>Verbs whose output has nothing that differs from run to run.</summary>
    private static readonly string[] Exact = ["line", "frame", "cfg", "--help"];

    [Fact]
    public async Task Each_example_is_what_the_tool_prints()
    {
        var examples = CliDocument.Examples();
        examples.ShouldNotBeEmpty();
        var differences = new List<string>();
        foreach (var example in examples)
        {
            var output = await PrintedByAsync(example.Command);
            if (IsSame(example, output)) continue;
            if (Environment.GetEnvironmentVariable(CliDocument.UpdateVariable) == "1") CliDocument.Update(example.Command, output);
            else differences.Add($"$ {example.Command}\nis said to print\n{example.Output}\nand prints\n{output}");
        }

        differences.ShouldBeEmpty($"{CliDocument.UpdateVariable}=1 dotnet test tests/Ppv.Cli.Tests --filter CliDocument writes it anew.");
    }

    [Fact]
    public void Every_verb_has_an_example_and_a_line_in_the_table()
    {
        var text = File.ReadAllText(RepositoryPaths.PathTo("docs", "cli.md"));
        var verbs = CliApplication.CreateRoot(CliEnvironment.OfProcess()).Subcommands.Select(verb => verb.Name).ToList();
        verbs.Where(verb => !text.Contains($"$ ppv {verb}", StringComparison.Ordinal)).ShouldBeEmpty("These have no example.");
        verbs.Where(verb => !text.Contains($"| `ppv {verb}", StringComparison.Ordinal)).ShouldBeEmpty("These have no line in the table.");
    }

    private static bool IsSame(CliExample example, string output) =>
        example.Output == output
        || (!Exact.Any(verb => example.Command.Split(' ').Contains(verb))
        && CliDocument.Shape(example.Output) == CliDocument.Shape(output));

    /// <summary>The command is a person's, so a shell runs it.</summary>
    private async Task<string> PrintedByAsync(string command)
    {
        var variables = new Dictionary<string, string>(world.Variables)
        {
            ["PATH"] = $"{Path.GetDirectoryName(Tool.Path)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["NO_COLOR"] = "1",
        };
        var run = await CommandLine.RunAsync("bash", ["-c", $"{command} 2>&1"], TimeSpan.FromSeconds(60), world.Folder, variables);
        var output = run.Output.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        output = output.Replace(world.Folder, "/home/ops/.config", StringComparison.Ordinal)
            .Replace($"127.0.0.1:{world.Host.GatewayAddress.Port}", "127.0.0.1:8070", StringComparison.Ordinal)
            .Replace(world.Wizard, "127.0.0.1:2000", StringComparison.Ordinal)
            .Replace(world.Board, "http://127.0.0.1:8071/board", StringComparison.Ordinal);
        return run.ExitCode == 0 ? output.TrimStart('\n') : $"{output.TrimStart('\n')}(exit code {run.ExitCode})\n";
    }
}
