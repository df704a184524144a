using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ppv.Protocol.Text;

/// <summary>
/// The only logger that our log events take. Whatever is in a value or an exception, an event is one line of text that can be shown, and
/// bounded. An event that is that already is passed on as it is.
/// </summary>
internal class PlainLogger : ILogger
{
    /// <summary>Far more than any event of ours has to say.</summary>
    public const int MaxLength = 16 * 1024;

    private readonly ILogger _inner;

    protected PlainLogger(ILogger inner) => _inner = inner;

    /// <summary>Writes nothing.</summary>
    public static PlainLogger None { get; } = new(NullLogger.Instance);

    /// <summary>Writes to another logger.</summary>
    public static PlainLogger To(ILogger? logger) => logger is null ? None : logger as PlainLogger ?? new PlainLogger(logger);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var (text, error) = (formatter(state, exception), PlainException.Of(exception));
        var plain = PlainText.Of(text, MaxLength);
        if (ReferenceEquals(plain, text))
        {
            _inner.Log(logLevel, eventId, state, error, formatter);
            return;
        }

        var fit = PlainState.Of(plain, state);
        _inner.Log(logLevel, eventId, fit, error, static (state, _) => state.Text);
    }

    /// <summary>What an event says when something in it was not fit: its text, and its values as texts of the same kind.</summary>
    private sealed class PlainState(string text, IEnumerable<KeyValuePair<string, object?>> values)
        : List<KeyValuePair<string, object?>>(values)
    {
        public string Text => text;

        public static PlainState Of(string text, object? state) => new(
            text,
            from value in state as IEnumerable<KeyValuePair<string, object?>> ?? []
            select KeyValuePair.Create(value.Key, value.Value is null or IConvertible and not string ? value.Value
                : PlainText.Of(value.Value.ToString() ?? "", MaxLength)));

        public override string ToString() => text;
    }
}

/// <summary>The same, with a category of its own: what a service asks for.</summary>
/// <typeparam name="T">Who logs.</typeparam>
internal sealed class PlainLogger<T>(ILoggerFactory factory) : PlainLogger(factory.CreateLogger<T>())
{
    /// <summary>Writes nothing.</summary>
    public static new PlainLogger<T> None { get; } = new(NullLoggerFactory.Instance);
}
