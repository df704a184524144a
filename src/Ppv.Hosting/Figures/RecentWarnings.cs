using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Figures;

/// <summary>
/// The latest warnings and errors of this product's own log, for the board. As every log it gets what the host's filters let through. Safe
/// for use by several threads.
/// </summary>
internal sealed class RecentWarnings(TimeProvider timeProvider) : ILoggerProvider
{
    /// <summary>How many are kept.</summary>
    public const int Kept = 50;

    /// <summary>How many of one kind are kept: what comes often must not push out what comes once.</summary>
    public const int KeptOfOneKind = 10;
    /// <summary>How much of a message is shown.</summary>
    private const int MaxLength = 2_000;

    private const string OwnCategories = "Ppv.";

    private readonly Lock _gate = new();
    private readonly List<BoardWarning> _last = new(Kept + 1);

    /// <summary>The newest first.</summary>
    public IReadOnlyList<BoardWarning> Last
    {
        get { lock (_gate) return [.. Enumerable.Reverse(_last)]; }
    }

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(OwnCategories, StringComparison.Ordinal) ? new Listener(this) : NullLogger.Instance;

    public void Dispose()
    {
        // It holds nothing but memory.
    }

    private void Add(LogLevel level, int eventId, string message)
    {
        var warning = new BoardWarning(timeProvider.GetUtcNow(), level switch
        {
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        }, eventId, PlainText.Of(message, MaxLength));
        lock (_gate)
        {
            _last.Add(warning);
            if (_last.Count(other => other.EventId == eventId) > KeptOfOneKind)
                _last.RemoveAt(_last.FindIndex(other => other.EventId == eventId));
            else if (_last.Count > Kept)
                _last.RemoveAt(0);
        }
    }

    private sealed class Listener(RecentWarnings warnings) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) warnings.Add(logLevel, eventId.Id, formatter(state, exception));
        }
    }
}
