using Ppv.Protocol.Validation;

namespace Ppv.Hosting;

/// <summary>A log file that rotates as the old programs' did, beside what the host logs anyway. Section <c>Ppv:LogFile</c>.</summary>
public sealed class LogFileOptions
{
    /// <summary>
    /// The file in use; folders that are missing are made. Default <see langword="null"/> or empty: no file. A file that can't be written
    /// is reported once, and the host runs without until it can. Legacy key <c>log_file_name</c>.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>How its lines look: <c>Legacy</c> as the old programs' (contract §4), the default, or <c>Json</c>.</summary>
    [Defined]
    public LogFileFormat Format { get; set; } = LogFileFormat.Legacy;

    /// <summary>
    /// The size, in bytes, that the file stays below: 0..2,000,000,000; 0 for any size. Default 20,000,000. The full file <c>ppv.log</c>
    /// becomes <c>ppv.log.1</c>, and that one <c>ppv.log.2</c>. Legacy keys <c>max_bytes</c>, <c>maxbytes</c>.
    /// </summary>
    [InRange(0, 2_000_000_000)]
    public int MaxBytes { get; set; } = 20_000_000;

    /// <summary>
    /// How many full files are kept beside the one in use, 0..1000; 0: the file is never full, whatever <see cref="MaxBytes"/> says.
    /// Default 5. Legacy keys <c>backup_count</c>, <c>backupcount</c>.
    /// </summary>
    [InRange(0, 1000)]
    public int BackupCount { get; set; } = 5;
}
