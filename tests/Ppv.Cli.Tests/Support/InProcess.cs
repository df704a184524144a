using Ppv.Samples.Cli;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>Runs the tool in this process: with a clock that the test moves, and doubles of what is around it.</summary>
internal static class InProcess
{
    public static Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(TimeProvider.System, arguments);

    public static async Task<ToolRun> RunAsync(TimeProvider time, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CliApplication.RunAsync(arguments, new CliEnvironment
        {
            Console = CliConsole.Create(output, redirected: true),
            Error = error,
            Input = TextReader.Null,
            Time = time,
            Variable = name => name == "XDG_CONFIG_HOME" ? NoFolder : null,
        });
        return new ToolRun(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>A person's contexts must not change what tests see.</summary>
    private static string NoFolder => Path.Combine(AppContext.BaseDirectory, "no-contexts");
}
