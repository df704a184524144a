using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ppv.Hosting.Configuration;

namespace Ppv.Hosting.LogFile;

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
