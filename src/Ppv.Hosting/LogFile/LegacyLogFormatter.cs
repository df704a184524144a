using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Ppv.Hosting;

/// <summary>
/// The old programs' log line (contract §4): <c>LEVEL:&lt;log file&gt; | &lt;message&gt; '' | (time |  &lt;file&gt;  |  &lt;line&gt;)</c>, with the logger's
/// category for the source file and the event id for the line. An exception follows on lines of its own.
/// </summary>
internal sealed class LegacyLogFormatter(string logFile) : ITextFormatter
{
    // lj: texts as they are; Serilog itself would put quotes around them.
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        // One event is one line, so that nobody can write lines of their own by way of a value.
        var text = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, text);
        var message = text.ToString().ReplaceLineEndings(" ");
        var time = logEvent.Timestamp.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        output.WriteLine($"{Level(logEvent.Level)}:{logFile} | {message} '' | ({time} |  {Category(logEvent)}  |  {EventId(logEvent)})");
        if (logEvent.Exception is { } exception) output.WriteLine(exception);
    }

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => "CRITICAL",
        LogEventLevel.Error => "ERROR",
        LogEventLevel.Warning => "WARNING",
        LogEventLevel.Information => "INFO",
        _ => "DEBUG",
    };

    private static string Category(LogEvent logEvent) => logEvent.Properties.GetValueOrDefault("SourceContext") is ScalarValue { Value: string category } ? category : "-";

    private static string EventId(LogEvent logEvent) =>
        logEvent.Properties.GetValueOrDefault("EventId") is StructureValue { Properties: var parts }
        && parts.FirstOrDefault(part => part.Name == "Id") is { Value: ScalarValue { Value: int id } }
            ? id.ToString(CultureInfo.InvariantCulture)
            : "0";
}
