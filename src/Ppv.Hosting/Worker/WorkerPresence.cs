using Microsoft.Extensions.Options;
using Ppv.Hosting.Presence;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Rpc.Presence;

namespace Ppv.Hosting.Worker;

/// <summary>What a worker says of itself on the bus, beside what its connections know. Safe for use by several threads.</summary>
internal sealed class WorkerPresence(
    IOptions<PpvServerOptions> options, ILineAllocator lines, IOrderJournalStore journal, UnknownConfirms unknowns,
    TimeProvider timeProvider, IPresenceFigures? figures = null)
{
    /// <summary>Less than a report may take, so that the rest of it is there.</summary>
    private static readonly TimeSpan CountLimit = TimeSpan.FromMilliseconds(100);

    private readonly PpvServerOptions _options = options.Value;
    private string? _configuration;

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
        try
        {
            return await unknowns.CountAsync().WaitAsync(CountLimit, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
