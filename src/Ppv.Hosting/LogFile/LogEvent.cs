using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.LogFile;

/// <summary>What is logged.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Category">Who says it.</param>
/// <param name="Id">Which message it is.</param>
/// <param name="Message">The message, with its values in it.</param>
/// <param name="Exception">What was caught.</param>
/// <param name="Values">The message's values by name. Valid during the call only.</param>
internal readonly record struct LogEvent(
    LogLevel Level, string Category, EventId Id, string Message, Exception? Exception, IReadOnlyList<KeyValuePair<string,
    object?>>? Values);
