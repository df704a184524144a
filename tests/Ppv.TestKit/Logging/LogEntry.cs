using Microsoft.Extensions.Logging;

namespace Ppv.TestKit;

/// <summary>One message that was logged.</summary>
/// <param name="Level">How serious it is.</param>
/// <param name="Category">Who logged it.</param>
/// <param name="EventId">Its number and name.</param>
/// <param name="Message">The text, values filled in.</param>
/// <param name="Exception">The exception that came with it, if any.</param>
public sealed record LogEntry(LogLevel Level, string Category, EventId EventId, string Message, Exception? Exception);
