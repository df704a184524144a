namespace Ppv.Samples.Cli.Running;

/// <summary>Ends a verb: the message goes to standard error, in full sentences that say what to do.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="exitCode">See <see cref="ExitCodes"/>.</param>
/// <param name="innerException">What was behind it.</param>
internal sealed class CliException(string message, int exitCode, Exception? innerException = null) : Exception(message, innerException)
{
    public int ExitCode => exitCode;
}
