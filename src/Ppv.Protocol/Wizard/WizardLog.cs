using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Protocol.Wizard;

/// <summary>What the client logs.</summary>
internal static partial class WizardLog
{
    [LoggerMessage(2000, LogLevel.Debug, "Wizard answered {Command} on line {Line} with '{Text}' after {Milliseconds:0.0} ms.")]
    public static partial void WizardAnswered(
        this PlainLogger logger, PpvCommand command, LineNumber line, string text, double milliseconds);

    [LoggerMessage(2001, LogLevel.Debug, "{Command} on line {Line} has no answer ({Failure}): {Reason}")]
    public static partial void WizardFailed(
        this PlainLogger logger, PpvCommand command, LineNumber line, WizardFailure failure, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "Wizard at {Host}:{Port} can't be reached ({Reason}). Attempts go on with every command; this "
        + "is said once until it is back.")]
    public static partial void WizardUnreachable(this PlainLogger logger, string host, int port, string reason);

    [LoggerMessage(2003, LogLevel.Information, "Wizard at {Host}:{Port} can be reached again.")]
    public static partial void WizardReachableAgain(this PlainLogger logger, string host, int port);
}
