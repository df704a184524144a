using Microsoft.Extensions.Logging;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Hosting;

/// <summary>
/// What a worker with leased lines may still believe when it takes over the leadership of its queue: another worker that led meanwhile may
/// have used the lines, and a confirm of a lease that it knows nothing of would buy what somebody else has chosen.
/// </summary>
internal sealed class LeaseHandover(
    IOrderJournalStore journal, LineLeases leases, LeaseRestore restore, TimeProvider timeProvider,
    ILogger<LeaseHandover> logger) : IHandover, IDisposable
{
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

    public Task ImportAsync(ReadOnlyMemory<byte> remembered, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            await ForgetAsync(cancellationToken).ConfigureAwait(false);
            leases.Import(LeaseSnapshotJson.Read(remembered.Span));
        },
        cancellationToken);

    public Task StartOverAsync(CancellationToken cancellationToken) => ChangeAsync(() => ForgetAsync(cancellationToken), cancellationToken);

    public ReadOnlyMemory<byte> Export() => LeaseSnapshotJson.ToBytes(leases.Export());

    public void Dispose() => _turn.Dispose();

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        leases.StartOver();
        if (!_knowsTheJournal) await restore.RestoreRestsAsync(cancellationToken).ConfigureAwait(false);
    }

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

internal static partial class HandoverLog
{
    [LoggerMessage(16, LogLevel.Information, "{Count} calls of before the start were found in the journal and have their lines again.")]
    public static partial void Restored(ILogger logger, int count);

    [LoggerMessage(17, LogLevel.Warning, "Calls of before the start could not be restored, so that they have to start over. {Reason}")]
    public static partial void NotRestored(ILogger logger, string reason);

    [LoggerMessage(19, LogLevel.Warning, "The worker does not know its own name among the workers of its queue; should it be restarted, "
        + "calls start over. {Reason}")]
    public static partial void NoIdentity(ILogger logger, string reason);
}
