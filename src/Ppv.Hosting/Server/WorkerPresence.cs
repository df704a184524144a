using Microsoft.Extensions.Options;
using Ppv.Rpc.Presence;

namespace Ppv.Hosting;

/// <summary>What a worker says of itself on the bus, beside what its connections know. Safe for use by several threads.</summary>
internal sealed class WorkerPresence(
    IOptions<PpvServerOptions> options, ILineAllocator lines, IOrderJournalStore journal, TimeProvider timeProvider,
    IPresenceFigures? figures = null)
{
    /// <summary>The journal reads its file for the count, however many ask.</summary>
    private static readonly TimeSpan CountLife = TimeSpan.FromSeconds(1);

    /// <summary>Less than a report may take, so that the rest of it is there.</summary>
    private static readonly TimeSpan CountLimit = TimeSpan.FromMilliseconds(100);

    private readonly PpvServerOptions _options = options.Value;
    private readonly Lock _counting = new();
    private string? _configuration;
    private Task<int?> _count = Task.FromResult<int?>(null);
    private long? _countedAt;

    public PresenceSource Source => new("worker") { Complete = CompleteAsync };

    private async Task<PresenceReport> CompleteAsync(PresenceReport report, CancellationToken cancellationToken) => report with
    {
        Configuration = _configuration ??= ConfigurationFingerprint.Of(_options),
        Figures = figures?.Current,
        Worker = new WorkerDetails
        {
            FirstLine = _options.Server.FirstLine,
            LastLine = _options.Server.LastLine,
            Allocation = _options.Server.LineAllocation.ToString(),
            BusyLines = lines.Use.Busy,
            Journal = journal.Problem ?? (journal is InMemoryOrderJournal ? "memory" : "ok"),
            UnknownConfirms = await UnknownConfirmsAsync(cancellationToken).ConfigureAwait(false),
        },
    };

    /// <summary>A disk that hangs must not cost the rest of the report.</summary>
    private async Task<int?> UnknownConfirmsAsync(CancellationToken cancellationToken)
    {
        Task<int?> count;
        lock (_counting)
        {
            if (_count.IsCompleted && (_countedAt is not { } at || timeProvider.GetElapsedTime(at) >= CountLife))
                (_count, _countedAt) = (CountAsync(), timeProvider.GetTimestamp());
            count = _count;
        }

        try
        {
            return await count.WaitAsync(CountLimit, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task<int?> CountAsync()
    {
        try
        {
            return (await journal.UnknownsAsync(CancellationToken.None).ConfigureAwait(false)).Count;
        }
        catch (Exception e) when (e is JournalUnavailableException or ObjectDisposedException)
        {
            return null; // Its problem stands beside it, or the worker has ended.
        }
    }
}
