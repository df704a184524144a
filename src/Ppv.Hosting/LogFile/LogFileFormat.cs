namespace Ppv.Hosting;

/// <summary>How the lines of the log file look.</summary>
public enum LogFileFormat
{
    /// <summary>
    /// The old programs' line (contract §4), for programs that read their logs: <c>LEVEL:file | message '' | (time |  category  |  id)</c>.
    /// </summary>
    Legacy,

    /// <summary>
    /// One JSON object a line, in the form of the console's JSON formatter: <c>Timestamp</c> (with the offset from UTC), <c>EventId</c>,
    /// <c>LogLevel</c>, <c>Category</c>, <c>Message</c>, <c>Exception</c> where there is one, and in <c>State</c> each value of the message
    /// under its name.
    /// </summary>
    Json,
}
