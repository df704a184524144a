using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>Keeps every log message, of every category and level.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    public IReadOnlyList<Entry> Entries => [.. _entries];

    public IEnumerable<Entry> OfOurs => _entries.Where(entry => entry.Category.StartsWith("Ppv.", StringComparison.Ordinal));

    public string AllText =>
        string.Join("\n", _entries.Select(entry => $"{entry.Level} {entry.Category} {entry.Message} {entry.Values} {entry.Exception}"));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    /// <param name="Level">How bad it is.</param>
    /// <param name="Category">Who says it.</param>
    /// <param name="Message">The message with its values in it.</param>
    /// <param name="Exception">What was caught.</param>
    /// <param name="Values">The values by themselves, as a structured log keeps them.</param>
    public sealed record Entry(LogLevel Level, string Category, string Message, Exception? Exception, string Values);

    private sealed class Logger(LogCollector owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner._entries.Enqueue(new Entry(logLevel, category, formatter(state, exception), exception, ValuesOf(state)));

        private static string ValuesOf(object? state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values
                ? string.Join(", ", values.Select(value => $"{value.Key}: {value.Value}"))
                : "";
    }
}
