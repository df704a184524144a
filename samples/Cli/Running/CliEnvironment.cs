using System.Text;
using Ppv.Samples.Cli.Output;
using Spectre.Console;

namespace Ppv.Samples.Cli.Running;

/// <summary>What a verb knows of the world around it; tests make their own.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Results for people: coloured on a terminal, plain text elsewhere and where <c>NO_COLOR</c> is set.</summary>
    public required IAnsiConsole Console { get; init; }

    /// <summary>Complaints and, where results go to a program, progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>What the person types.</summary>
    public required TextReader Input { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Whether results are read on a terminal: then they may be live.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether what was printed can be drawn anew in its place; not on a terminal that says it is dumb.</summary>
    public bool CanRedraw => IsTerminal && Console.Profile.Capabilities.Ansi;

    /// <summary>Whether somebody is there to answer a question.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Looks whether nobody takes standard output any more; <see langword="null"/> where that can't be told.</summary>
    public Func<bool>? IsOutputGone { get; init; }

    /// <summary>Standard output without colours, for JSON and the like.</summary>
    public TextWriter Output => Console.Profile.Out.Writer;

    public static CliEnvironment OfProcess()
    {
        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        var pipe = System.Console.IsOutputRedirected && !OperatingSystem.IsWindows() ? new OutputPipe(1) : null;
        return new CliEnvironment
        {
            Console = CliConsole.Create(
                pipe is null ? System.Console.Out : WriterTo(pipe), System.Console.IsOutputRedirected,
                !string.IsNullOrEmpty(variable("NO_COLOR"))),
            Error = System.Console.IsErrorRedirected && !OperatingSystem.IsWindows() ? WriterTo(new OutputPipe(2)) : System.Console.Error,
            IsOutputGone = pipe is null ? null : () => pipe.IsGone,
            Input = System.Console.In,
            Time = TimeProvider.System,
            Variable = variable,
            IsTerminal = !System.Console.IsOutputRedirected,
            IsInteractive = !System.Console.IsInputRedirected && !System.Console.IsOutputRedirected,
        };
    }

    private static TextWriter WriterTo(OutputPipe pipe) => TextWriter.Synchronized(
        new StreamWriter(pipe, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
}
