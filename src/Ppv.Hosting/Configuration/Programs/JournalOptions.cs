using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Protocol.Validation;

namespace Ppv.Hosting;

/// <summary>Where the order journal is and how long it remembers. Section <c>Ppv:Server:Journal</c>.</summary>
public sealed class JournalOptions
{
    private const long Smallest = 16_000_000, Largest = 1_000_000_000_000_000;

    /// <summary>
    /// The SQLite file, on a local disk; its folder is made when it is missing, and <c>-wal</c>, <c>-shm</c> and <c>.lock</c> files stand
    /// beside it. One file belongs to one worker. Default of a worker: <c>ppv-orders.db</c> in the program's folder, from which a relative
    /// path is taken. <see langword="null"/> or empty, the default of these options by themselves: the journal is in memory and is lost
    /// when the worker ends.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// How long an order is remembered after it changed last: 1 hour to 3,650 days. Default 30 days. Confirms whose outcome is unknown are
    /// kept until they are settled, however old they are.
    /// </summary>
    [InRange("01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long an order is remembered that was refused before anything was begun for it, and got no line of Wizard: 10 minutes to 3,650
    /// days, and never longer than <see cref="Retention"/>. Default 1 hour. After that its id counts as one that was never seen. Anybody
    /// who may send orders can cause such refusals, as many as he likes.
    /// </summary>
    [InRange("00:10:00", "3650.00:00:00")]
    public TimeSpan RefusalRetention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// From how many bytes on the journal is called large, in the log and as <see cref="HealthStatus.Degraded"/> in <c>/health/ready</c>:
    /// 16,000,000 to 1,000,000,000,000,000, and not more than <see cref="MaxBytes"/>. What counts is what is in use, with the write-ahead
    /// log. Default 2,000,000,000.
    /// </summary>
    [InRange(Smallest, Largest)]
    public long WarnBytes { get; set; } = 2_000_000_000;

    /// <summary>
    /// From how many bytes on the oldest refusals are forgotten early, down to the newest 100,000: 16,000,000 to 1,000,000,000,000,000.
    /// Default 4,000,000,000. Nothing else is forgotten for it.
    /// </summary>
    [InRange(Smallest, Largest)]
    public long MaxBytes { get; set; } = 4_000_000_000;

    /// <summary>
    /// What <c>/health/ready</c> says while <see cref="IOrderJournal.Problem"/> says why no confirm is taken:
    /// <see cref="HealthStatus.Unhealthy"/> (503) or <see cref="HealthStatus.Degraded"/> (200), with that sentence in both cases. Default
    /// <see cref="HealthStatus.Unhealthy"/>: a worker that sells nothing is not ready. <see cref="HealthStatus.Degraded"/> is for a gateway
    /// and a worker in one program whose callers other workers serve as well.
    /// </summary>
    public HealthStatus FailureStatus { get; set; } = HealthStatus.Unhealthy;

    /// <summary>The same for another file.</summary>
    internal JournalOptions At(string path)
    {
        var copy = (JournalOptions)MemberwiseClone();
        copy.Path = path;
        return copy;
    }
}
