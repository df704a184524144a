using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.LogFile;

/// <summary>The log file's logger for one category.</summary>
internal sealed class LogFileLogger(LogFileProvider provider, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var values = state as IReadOnlyList<KeyValuePair<string, object?>>;
        provider.Write(new LogEvent(logLevel, category, eventId, formatter(state, exception), PlainException.Of(exception), values));
    }
}
