using System.Globalization;
using Microsoft.Data.Sqlite;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Keeps the journal's file from growing by what anybody may cause: refusals are forgotten after a short time, and sooner while the file is
/// large. It tells that the file is large. SQLite uses the pages of deleted rows again, so what counts is what is in use. For the writer's
/// thread.
/// </summary>
internal sealed class JournalSize
{
    private const long MegaByte = 1_000_000;

    // A flood that comes and goes is told once.
    private static readonly TimeSpan TellInterval = TimeSpan.FromHours(1);

    private readonly string _path;
    private readonly JournalOptions _options;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _timeProvider;
    private readonly PlainLogger _logger;
    private readonly int _kept;
    private readonly PruneClock _clock;
    private long? _lookedAt;
    private volatile string? _warning;
    private long? _toldAt;

    /// <summary>Nothing is forgotten before this process has run for as long as refusals are remembered.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The sizes, and how long refusals are remembered.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Where it is told.</param>
    /// <param name="kept">How many refusals are remembered however large the file is.</param>
    public JournalSize(string path, JournalOptions options, TimeProvider timeProvider, PlainLogger logger, int kept)
    {
        (_path, _options, _timeProvider, _logger, _kept) = (path, options, timeProvider, logger, kept);
        _retention = JournalRules.RefusalRetentionOf(options);
        _clock = new PruneClock(_retention, timeProvider);
        _clock.BeginAnew();
    }

    /// <summary>That the file is large, and what to do, in full sentences; else <see langword="null"/>. For any thread.</summary>
    public string? Warning => _warning;

    /// <summary>How many bytes of a file are in use, with its write-ahead log.</summary>
    public static long Of(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size
            """;
        var log = new FileInfo(path + "-wal");
        return (long)command.ExecuteScalar()! + (log.Exists ? log.Length : 0);
    }

    /// <summary>Says that a file is large, where it is.</summary>
    public static string? WarningOf(string path, long bytes, JournalOptions options) => bytes <= options.WarnBytes
        ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"The order journal {path} has {bytes / MegaByte} MB in use, and Ppv:Server:Journal:WarnBytes is "
                + $"{options.WarnBytes / MegaByte} MB. See that its disk has room. If that is what your sales need, raise WarnBytes and "
                + $"MaxBytes; else look in the log who has so many orders refused.");

    /// <summary>Forgets some of what is to be forgotten, when it is time for that.</summary>
    /// <param name="file">The file, open.</param>
    /// <returns>Whether there is more to be done at once: it takes little at a time, so that no confirm has to wait for long.</returns>
    public bool Tidy(JournalFile file)
    {
        var bytes = file.Measure();
        Tell(WarningOf(_path, bytes, _options));
        _clock.Look();
        var before = _clock.MayPrune ? _timeProvider.GetUtcNow() - _retention : DateTimeOffset.MinValue;
        if (bytes > _options.MaxBytes && file.OldestRefusal(_kept) is { } oldest && oldest > before)
        {
            before = oldest;
            TellForgetting();
        }

        var (_, more) = file.ForgetRefusals(before);
        if (!more) _lookedAt = _timeProvider.GetTimestamp();
        return more;
    }

    /// <summary>Whether it is time.</summary>
    public bool IsDue => _lookedAt is not { } at || _timeProvider.GetElapsedTime(at) >= JournalRules.RefusalInterval;

    private void TellForgetting()
    {
        if (_toldAt is { } at && _timeProvider.GetElapsedTime(at) < TellInterval) return;
        _toldAt = _timeProvider.GetTimestamp();
        JournalLog.ForgetsRefusals(_logger, _path, _options.MaxBytes / MegaByte);
    }

    private void Tell(string? warning)
    {
        if (warning is not null && _warning is null) JournalLog.Large(_logger, warning);
        if (warning is null && _warning is not null) JournalLog.SmallAgain(_logger, _path);
        _warning = warning;
    }
}
