using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Text;

namespace Ppv.Hosting;

/// <summary>
/// The logger provider for the log file. Its loggers take every level: the host's own log levels (section Logging) have chosen already.
/// </summary>
internal sealed class LogFileProvider : ILoggerProvider
{
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly LogFileFormat _format;
    private readonly TimeProvider _clock;
    private readonly RotatingFile _file;
    private readonly LogFileWriter _writer;

    private LogFileProvider(LogFileOptions options, string path, TimeProvider clock)
    {
        (_name, _format, _clock) = (options.Path!, options.Format, clock);
        _file = new RotatingFile(path, options.MaxBytes, options.BackupCount);
        _writer = new LogFileWriter(
            _file.Append,
            message => Line(new LogEvent(LogLevel.Warning, "Ppv.Hosting.LogFile", default, message, null, null)),
            text => Console.Error.WriteLine($"The log file {path}: {text}"), // Not to the log, which would come back here.
            LastWrites);
    }

    /// <summary>Makes the provider, or one that does nothing where no file is wanted. The file is made with its first line.</summary>
    public static ILoggerProvider Create(IServiceProvider services)
    {
        var options = RawOptions.Get<LogFileOptions>(services);
        if (string.IsNullOrEmpty(options.Path) || new LogFileRules().Validate(null, options).Failed) return NullLoggerProvider.Instance;

        return new LogFileProvider(options, Path.GetFullPath(options.Path), services.GetRequiredService<TimeProvider>());
    }

    public ILogger CreateLogger(string categoryName) => new LogFileLogger(this, categoryName);

    public void Write(LogEvent logEvent) => _writer.Write(Line(logEvent));

    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
    }

    private string Line(LogEvent logEvent) => _format == LogFileFormat.Json
        ? JsonLogLine.Format(_clock.GetLocalNow(), logEvent)
        : LegacyLogLine.Format(_name, _clock.GetLocalNow(), logEvent);
}

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

/// <summary>What <see cref="LogFileOptions"/> must be.</summary>
internal sealed class LogFileRules : IValidateOptions<LogFileOptions>
{
    public ValidateOptionsResult Validate(string? name, LogFileOptions options) =>
        new LogFileOptionsValidator().Validate("Ppv:LogFile", options);
}

/// <summary>The ranges of <see cref="LogFileOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class LogFileOptionsValidator : IValidateOptions<LogFileOptions>;
