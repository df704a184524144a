namespace Ppv.Samples.Cli.Running;

/// <summary>Asks before something is done that can't be taken back.</summary>
internal static class Question
{
    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="environment">Who is asked.</param>
    /// <param name="question">What is about to be done, as a question.</param>
    /// <param name="option">What stands for yes where nobody is there to be asked.</param>
    /// <returns>Whether the answer was yes.</returns>
    /// <exception cref="CliException">Nobody is there.</exception>
    public static async Task<bool> AskAsync(CliEnvironment environment, string question, string option = "--yes")
    {
        if (!environment.IsInteractive)
            throw new CliException($"Nobody is there to be asked: give {option} if it is meant. Nothing was done.", ExitCodes.BadArguments);
        await environment.Error.WriteAsync($"{question} [y/N] ");
        var answer = (await environment.Input.ReadLineAsync())?.Trim();
        return answer is not null && (answer.Equals("y", StringComparison.OrdinalIgnoreCase)
            || answer.Equals("yes", StringComparison.OrdinalIgnoreCase));
    }
}
