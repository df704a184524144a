using System.CommandLine;
using System.CommandLine.Invocation;
using Ppv.Samples.Cli.Call;
using Spectre.Console;

namespace Ppv.Samples.Cli;

/// <summary>The tool <c>ppv</c>: reads the command line and runs the verb.</summary>
/// <param name="console">Where results go.</param>
/// <param name="error">Where complaints go.</param>
/// <param name="time">The clock.</param>
internal sealed class CliApplication(IAnsiConsole console, TextWriter error, TimeProvider time)
{
    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code: see <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Tools for the pay-per-view gateway.") { CallCommand.Create(console, error, time) };
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync("Run 'ppv --help' or 'ppv call --help' for what can be given.");
            return ExitCodes.BadArguments;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = console.Profile.Out.Writer, Error = error });
    }
}
