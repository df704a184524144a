using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ppv.Hosting;

/// <summary>The logger provider for the log file. Its loggers take every level: the host's own log levels (section Logging) have chosen already.</summary>
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
            services.GetRequiredService<StartupNotes>().AddWarning($"The log file {path} can't be opened, and its lines are lost until it can: {problem}");
        return new LogFileProvider(options.Path, path, file, isFailing: problem is not null, services.GetRequiredService<TimeProvider>());
    }

    public ILogger CreateLogger(string categoryName) => new LogFileLogger(this, categoryName);

    public void Write(LogLevel level, string category, EventId eventId, string message, Exception? exception) =>
        _writer.Write(Line(level, category, eventId, message, exception));

    public void Dispose() => _writer.Dispose();

    private string Line(LogLevel level, string category, EventId eventId, string message, Exception? exception) =>
        LegacyLogLine.Format(_name, _clock.GetLocalNow(), level, category, eventId, message, exception);
}
