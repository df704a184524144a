using Microsoft.Extensions.Logging;

namespace Ppv.Hosting;

internal static partial class RunLog
{
    [LoggerMessage(21, LogLevel.Critical, "Configuration: {Problem}")]
    public static partial void BadConfiguration(ILogger logger, string problem);

    [LoggerMessage(22, LogLevel.Critical, "The program can't run: {Reason}")]
    public static partial void CannotRun(ILogger logger, string reason);

    [LoggerMessage(23, LogLevel.Critical, "The program failed.")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(24, LogLevel.Warning, "Configuration: {Warning}")]
    public static partial void Doubt(ILogger logger, string warning);
}
