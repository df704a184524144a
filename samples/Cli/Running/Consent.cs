using Ppv.Samples.Cli.Output;
using Spectre.Console;

namespace Ppv.Samples.Cli.Running;

/// <summary>Asks before something is done that can't be undone.</summary>
internal static class Consent
{
    /// <summary>Returns when the person agrees, or has by <c>--yes</c>.</summary>
    /// <param name="environment">Where the person is.</param>
    /// <param name="given">Whether there is a <c>--yes</c>.</param>
    /// <param name="what">What will be done, as full sentences.</param>
    /// <param name="cancellationToken">Ends the wait for an answer; a person has no other limit.</param>
    /// <exception cref="CliException">The person does not agree, or nobody is there to ask.</exception>
    public static async Task AskAsync(CliEnvironment environment, bool given, string what, CancellationToken cancellationToken)
    {
        if (given) return;
        if (!environment.IsInteractive)
            throw new CliException(
                $"{what} Nobody is there to be asked, so nothing was done: add --yes to do it without a question.", ExitCodes.BadArguments);
        environment.Console.WriteLine(Printable.Text(what));
        environment.Console.Write("Go on? [y/N] ");

        // A terminal is read by a thread that nothing interrupts, so it is left behind.
        var answer = await Task.Run(environment.Input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
            throw new CliException("Nothing was done.", ExitCodes.BadArguments);
    }
}
