using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting;

/// <summary>
/// The logger provider for the log file. Its loggers take every level: the host's own log levels (section Logging) have chosen already.
/// </summary>
internal sealed class LogFileProvider : ILoggerProvider
{
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly LogFileWriter _writer;

    private LogFileProvider(string name, string path, RotatingFile file, bool isFailing, TimeProvider clock)
    {
        (_name, _clock) = (name, clock);
        _writer = new LogFileWriter(
            file.Append,
            message => Line(LogLevel.Warning, "Ppv.Hosting.LogFile", default, message, null),
            text => Console.Error.WriteLine($"The log file {path}: {text}"), // Not to the log, which would come back here.
            isFailing,
            LastWrites);
    }

    /// <summary>Makes the provider, or one that does nothing where no file is wanted.</summary>
    public static ILoggerProvider Create(IServiceProvider services)
    {
        var options = RawOptions.Get<LogFileOptions>(services);
        if (string.IsNullOrEmpty(options.Path) || new LogFileRules().Validate(null, options).Failed) return NullLoggerProvider.Instance;

        var path = Path.GetFullPath(options.Path);
        var file = new RotatingFile(path, options.MaxBytes, options.BackupCount);
        var problem = file.Touch();
        if (problem is not null)
            services.GetRequiredService<StartupNotes>().AddWarning(
                $"The log file {path} can't be opened, and its lines are lost until it can: {problem}");
        return new LogFileProvider(options.Path, path, file, isFailing: problem is not null, services.GetRequiredService<TimeProvider>());
    }

    public ILogger CreateLogger(string categoryName) => new LogFileLogger(this, categoryName);

    public void Write(LogLevel level, string category, EventId eventId, string message, Exception? exception) =>
        _writer.Write(Line(level, category, eventId, message, exception));

    public void Dispose() => _writer.Dispose();

    private string Line(LogLevel level, string category, EventId eventId, string message, Exception? exception) =>
        LegacyLogLine.Format(_name, _clock.GetLocalNow(), level, category, eventId, message, exception);
}

/// <summary>The log file's logger for one category.</summary>
internal sealed class LogFileLogger(LogFileProvider provider, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) provider.Write(logLevel, category, eventId, formatter(state, exception), exception);
    }
}

/// <summary>
/// The old programs' log line (contract §4): <c>LEVEL:&lt;log file&gt; | &lt;message&gt; '' | (time | &lt;file&gt; | &lt;line&gt;)</c>,
/// with the logger's category for the source file and the event id for the line. An exception follows on lines of its own.
/// </summary>
internal static class LegacyLogLine
{
    public static string Format(
        string logFile, DateTimeOffset time, LogLevel level, string category, EventId eventId, string message, Exception? exception)
    {
        // One event is one line, so that nobody can write lines of their own by way of a value.
        var text = message.ReplaceLineEndings(" ");
        var at = time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var line = string.Create(
            CultureInfo.InvariantCulture, $"{Name(level)}:{logFile} | {text} '' | ({at} |  {category}  |  {eventId.Id})\n");
        return exception is null ? line : $"{line}{exception}\n";
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Critical => "CRITICAL",
        LogLevel.Error => "ERROR",
        LogLevel.Warning => "WARNING",
        LogLevel.Information => "INFO",
        _ => "DEBUG",
    };
}

/// <summary>What <see cref="LogFileOptions"/> must be.</summary>
internal sealed class LogFileRules : IValidateOptions<LogFileOptions>
{
    public ValidateOptionsResult Validate(string? name, LogFileOptions options) =>
        new LogFileOptionsValidator().Validate("Ppv:LogFile", options);
}

/// <summary>The ranges of <see cref="LogFileOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class LogFileOptionsValidator : IValidateOptions<LogFileOptions>;
