using Microsoft.Extensions.Logging;

namespace Ppv.TestKit;

/// <summary>Keeps everything that is logged, to assert on: <c>logging.AddProvider(logs)</c>. Safe for use by several threads.</summary>
public sealed class CollectingLoggerProvider : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly List<(Func<LogEntry, bool> Predicate, TaskCompletionSource<LogEntry> Found)> _waiting = [];

    /// <summary>What was logged so far, oldest first.</summary>
    public IReadOnlyList<LogEntry> Snapshot()
    {
        lock (_lock)
            return [.. _entries];
    }

    /// <summary>Waits until a message matches; one that is already there counts.</summary>
    /// <param name="predicate">What to look for. Called under a lock: keep it short.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <exception cref="TimeoutException">None came in time; the message lists what was logged instead.</exception>
    public async Task<LogEntry> WaitForAsync(Func<LogEntry, bool> predicate, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var found = new TaskCompletionSource<LogEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_entries.Find(new Predicate<LogEntry>(predicate)) is { } present)
                return present;
            _waiting.Add((predicate, found));
        }

        try
        {
            return await found.Task.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            var logged = string.Join(Environment.NewLine, Snapshot().Select(entry => $"  {entry.Level} {entry.Category}: {entry.Message}"));
            throw new TimeoutException(
                $"No message that matches was logged within {timeout.TotalSeconds} s. Logged was:{Environment.NewLine}{logged}");
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Does nothing: what was collected stays readable after the host is gone.</summary>
    public void Dispose()
    {
    }

    private void Add(LogEntry entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            _waiting.RemoveAll(waiter => waiter.Predicate(entry) && (waiter.Found.TrySetResult(entry) || true));
        }
    }

    private sealed class Logger(CollectingLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            ArgumentNullException.ThrowIfNull(formatter);
            owner.Add(new LogEntry(logLevel, category, eventId, formatter(state, exception), exception));
        }
    }
}
