namespace Ppv.Hosting;

/// <summary>Where the order journal is and how long it remembers. Section <c>Ppv:Server:Journal</c>.</summary>
public sealed class JournalOptions
{
    /// <summary>The shortest <see cref="JournalRetention"/>: 1 hour.</summary>
    public static readonly TimeSpan MinRetention = TimeSpan.FromHours(1);

    /// <summary>The longest <see cref="JournalRetention"/>: 3,650 days, about ten years.</summary>
    public static readonly TimeSpan MaxRetention = TimeSpan.FromDays(3650);

    /// <summary>
    /// The SQLite file, on a local disk; its folder is made when it is missing, and <c>-wal</c>, <c>-shm</c> and <c>.lock</c> files stand beside it. One file
    /// belongs to one worker. Default <see langword="null"/>: the journal is in memory and is lost when the worker ends.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// How long an order is remembered after it changed last: 1 hour to 3,650 days. Default 30 days. Confirms whose outcome is unknown are kept until they
    /// are settled, however old they are.
    /// </summary>
    public TimeSpan JournalRetention { get; set; } = TimeSpan.FromDays(30);
}
