using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting;

internal static partial class ReloadLog
{
    [LoggerMessage(500, LogLevel.Information, "{Key} was changed, and the new value is in effect.")]
    public static partial void Taken(PlainLogger logger, string key);

    [LoggerMessage(501, LogLevel.Warning, "{Key} was changed; it takes effect when the program is started again.")]
    public static partial void NeedsRestart(PlainLogger logger, string key);

    [LoggerMessage(502, LogLevel.Warning,
        "The changed configuration is not taken, and everything stays as it was: {Problem} Put it right, or the program won't start "
            + "again.")]
    public static partial void Refused(PlainLogger logger, string problem);

    [LoggerMessage(503, LogLevel.Warning,
        "The configuration file {File} can't be read any more, and everything stays as it was: {Problem} Put it right, or the program "
            + "won't "
        + "start again.")]
    public static partial void Unreadable(PlainLogger logger, string file, string problem);
}
