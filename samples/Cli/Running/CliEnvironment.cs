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

    /// <summary>Whether somebody is there to answer a question.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Standard output without colours, for JSON and the like.</summary>
    public TextWriter Output => Console.Profile.Out.Writer;

    public static CliEnvironment OfProcess()
    {
        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        return new CliEnvironment
        {
            Console = CliConsole.Create(System.Console.Out, System.Console.IsOutputRedirected, !string.IsNullOrEmpty(variable("NO_COLOR"))),
            Error = System.Console.Error,
            Input = System.Console.In,
            Time = TimeProvider.System,
            Variable = variable,
            IsTerminal = !System.Console.IsOutputRedirected,
            IsInteractive = !System.Console.IsInputRedirected && !System.Console.IsOutputRedirected,
        };
    }
}
