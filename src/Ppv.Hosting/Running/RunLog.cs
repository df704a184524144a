using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Running;

internal static partial class RunLog
{
    [LoggerMessage(21, LogLevel.Critical, "Configuration: {Problem}")]
    public static partial void BadConfiguration(PlainLogger logger, string problem);

    [LoggerMessage(22, LogLevel.Critical, "The program can't run: {Reason}")]
    public static partial void CannotRun(PlainLogger logger, string reason);

    [LoggerMessage(23, LogLevel.Critical, "The program failed.")]
    public static partial void Failed(PlainLogger logger, Exception exception);

    [LoggerMessage(24, LogLevel.Warning, "Configuration: {Warning}")]
    public static partial void Warn(PlainLogger logger, string warning);

    [LoggerMessage(25, LogLevel.Information, "Settings from {Source}: {Keys}.")]
    public static partial void SettingsFrom(PlainLogger logger, string source, string keys);

    [LoggerMessage(26, LogLevel.Information, "{Signal} changes nothing here. The log file is opened anew by itself, and settings are "
        + "taken when their file changes.")]
    public static partial void SignalIgnored(PlainLogger logger, string signal);

    [LoggerMessage(400, LogLevel.Critical, "The loop that keeps the {Role}'s connection to the broker hangs. systemd is told nothing more, "
        + "and begins the program anew after WatchdogSec.")]
    public static partial void LoopHangs(PlainLogger logger, string role);

    [LoggerMessage(401, LogLevel.Warning, "The loop that keeps the {Role}'s connection to the broker goes on.")]
    public static partial void LoopGoesOn(PlainLogger logger, string role);

    [LoggerMessage(402, LogLevel.Error, "systemd can't be told that the program is alive: {Reason}. It ends the program after "
        + "WatchdogSec.")]
    public static partial void CannotNotifySystemd(PlainLogger logger, string reason);
}
