using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serilog;
using Serilog.Extensions.Logging;

namespace Ppv.Hosting;

/// <summary>Makes the logger provider for the log file, or one that does nothing where no file is wanted or possible.</summary>
internal static class LogFileProvider
{
    public static ILoggerProvider Create(IServiceProvider services)
    {
        var options = RawOptions.Get<LogFileOptions>(services);
        if (string.IsNullOrEmpty(options.Path) || new LogFileRules().Validate(null, options).Failed) return NullLoggerProvider.Instance;

        var path = Path.GetFullPath(options.Path);
        if (WhyNotWritable(path) is { } reason)
        {
            services.GetRequiredService<StartupNotes>().AddWarning($"The log file {path} can't be opened, so there is none: {reason}");
            return NullLoggerProvider.Instance;
        }

        var logger = new LoggerConfiguration()
            .MinimumLevel.Verbose() // The host's own log levels (section Logging) have chosen already.
            .WriteTo.File(
                new LegacyLogFormatter(options.Path), path, fileSizeLimitBytes: options.MaxBytes, rollOnFileSizeLimit: true,
                retainedFileCountLimit: options.BackupCount + 1)
            .CreateLogger();
        return new SerilogLoggerProvider(logger, dispose: true);
    }

    /// <summary>The sink itself says nothing when it can't open its file, so we try as it would.</summary>
    private static string? WhyNotWritable(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
