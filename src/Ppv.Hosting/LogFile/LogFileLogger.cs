using Microsoft.Extensions.Logging;

namespace Ppv.Hosting;

/// <summary>The log file's logger for one category.</summary>
internal sealed class LogFileLogger(LogFileProvider provider, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) provider.Write(logLevel, category, eventId, formatter(state, exception), exception);
    }
}
