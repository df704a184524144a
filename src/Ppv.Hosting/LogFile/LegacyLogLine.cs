using System.Globalization;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.LogFile;

/// <summary>
/// The old programs' log line (contract §4): <c>LEVEL:&lt;log file&gt; | &lt;message&gt; '' | (time | &lt;file&gt; | &lt;line&gt;)</c>,
/// with the logger's category for the source file and the event id for the line. An exception follows on lines of its own.
/// </summary>
internal static class LegacyLogLine
{
    public static string Format(string logFile, DateTimeOffset time, LogEvent logEvent)
    {
        // One event is one line, so that nobody can write lines of their own by way of a value.
        var text = PlainText.Of(logEvent.Message);
        var at = time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Name(logEvent.Level)}:{logFile} | {text} '' | ({at} |  {logEvent.Category}  |  {logEvent.Id.Id})\n");
        return logEvent.Exception is null ? line : $"{line}{PlainException.TextOf(logEvent.Exception)}\n";
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Critical => "CRITICAL",
        LogLevel.Error => "ERROR",
        LogLevel.Warning => "WARNING",
        LogLevel.Information => "INFO",
        _ => "DEBUG",
    };
}
