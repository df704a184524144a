using Microsoft.Extensions.Options;
using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol.Text;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>
/// What a worker with leased lines may still believe when it takes over the leadership of its queue: another worker that led meanwhile may
/// have used the lines, and a confirm of a lease that it knows nothing of would buy what somebody else has chosen. And what it leaves to
/// the next one: its leases, and its orders on record.
/// </summary>
internal sealed class LeaseHandover(
    IOrderJournalStore journal, LineLeases leases, LeaseRestore restore, OrderHandover orders, IOptions<PpvServerOptions> options,
    TimeProvider timeProvider, PlainLogger<LeaseHandover> logger) : IHandover, IDisposable
{
    // As a text within the leader record it is a third longer, and brokers take messages of 16 MB: half of that.
    private const int MaxBytes = 6_000_000 - Overhead, Overhead = 1000;

    private static readonly TimeSpan JournalLimit = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _identity;
    private bool _knowsTheJournal;

    /// <summary>
    /// The journal's, because what is believed after a restart comes from there. While it can't be read, a new one: then nothing is taken
    /// for this worker's own.
    /// </summary>
    public async Task<string> IdentityAsync(CancellationToken cancellationToken)
    {
        if (_identity is { } known) return known;
        string? read = null;
        try
        {
            read = await journal.IdentityAsync(cancellationToken).WaitAsync(
                JournalLimit, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JournalUnavailableException or TimeoutException)
        {
            HandoverLog.NoIdentity(logger, e.Message);
        }

        Interlocked.CompareExchange(ref _identity, read ?? Guid.NewGuid().ToString("N"), null);
        return _identity;
    }

    public Task ContinueAsync(DateTimeOffset? since, CancellationToken cancellationToken) =>
        ChangeAsync(() => _knowsTheJournal ? Task.CompletedTask : restore.RestoreAsync(since, cancellationToken), cancellationToken);

    public async Task<TimeSpan?> ImportAsync(ReadOnlyMemory<byte> remembered, CancellationToken cancellationToken)
    {
        TimeSpan? completeFor = null;
        await ChangeAsync(
            async () =>
            {
                await ForgetAsync(cancellationToken).ConfigureAwait(false);
                var handover = HandoverJson.Read(remembered.Span);
                if (handover.Orders is { } record) completeFor = await orders.AdoptAsync(record, cancellationToken).ConfigureAwait(false);
                leases.Import(handover.Leases);
            },
            cancellationToken).ConfigureAwait(false);
        return completeFor;
    }

    public Task StartOverAsync(CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            leases.RestAfterDeath(); // Before a line that is forgotten goes to whoever waits.
            await ForgetAsync(cancellationToken).ConfigureAwait(false);
            var rest = options.Value.Server.TakeoverRest;
            if (rest > TimeSpan.Zero) HandoverLog.RestsAfterDeath(logger, rest);
        },
        cancellationToken);

    public async Task<ReadOnlyMemory<byte>> ExportAsync(CancellationToken cancellationToken)
    {
        var lines = LeaseSnapshotJson.ToBytes(leases.Export());
        var record = await orders.ExportAsync(BytesLeft(lines), cancellationToken).ConfigureAwait(false);
        return HandoverJson.ToBytes(lines, record);
    }

    public void Dispose() => _turn.Dispose();

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        leases.StartOver();
        if (!_knowsTheJournal) await restore.RestoreRestsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How long the orders may be beside the lines: as text, both are a third longer.</summary>
    private static int BytesLeft(byte[] lines) => Math.Max(0, (MaxBytes / 4 * 3) - lines.Length);

    /// <summary>One after the other: a worker that serves several brokers takes over each leadership by itself.</summary>
    private async Task ChangeAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await change().ConfigureAwait(false);
            _knowsTheJournal = true;
        }
        finally
        {
            _turn.Release();
        }
    }
}
