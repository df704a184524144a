namespace Ppv.Hosting;

/// <summary>A log file in the old programs' format, beside what the host logs anyway. Section <c>Ppv:LogFile</c>.</summary>
public sealed class LogFileOptions
{
    /// <summary>
    /// The file; folders that are missing are made. Default <see langword="null"/> or empty: no file. A file that can't be opened is reported as a
    /// warning, and the host runs without. Legacy key <c>log_file_name</c>.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// At which size, in bytes, a new file is begun: 1,000 to 2,000,000,000. Default 20,000,000. The next file of <c>ppv.log</c> is <c>ppv_001.log</c>.
    /// Legacy keys <c>max_bytes</c>, <c>maxbytes</c>.
    /// </summary>
    public int MaxBytes { get; set; } = 20_000_000;

    /// <summary>How many full files are kept beside the one in use, 0..1000. Default 5. Legacy keys <c>backup_count</c>, <c>backupcount</c>.</summary>
    public int BackupCount { get; set; } = 5;
}
