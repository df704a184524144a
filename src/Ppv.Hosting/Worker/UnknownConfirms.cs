using Ppv.Hosting.Worker.Journal;

namespace Ppv.Hosting.Worker;

/// <summary>
/// How many confirms wait for somebody to find out what became of them, as presence and metrics tell it. Safe for use by several threads.
/// </summary>
internal sealed class UnknownConfirms(IOrderJournalStore journal, TimeProvider timeProvider)
{
    /// <summary>The journal reads its file for the count, however many ask.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    private readonly Lock _counting = new();
    private Task<int?> _count = Task.FromResult<int?>(null);
    private long? _countedAt;
    private volatile object? _last;

    /// <summary>
    /// The last count that could be made; the next one is begun. <see langword="null"/> before the first one. That the journal can't be
    /// read is no reason to tell of none.
    /// </summary>
    public int? Last
    {
        get
        {
            _ = CountAsync();
            return (int?)_last;
        }
    }

    /// <summary>The count, of about a second ago at most; <see langword="null"/> when the journal can't be read.</summary>
    public Task<int?> CountAsync()
    {
        lock (_counting)
        {
            if (_count.IsCompleted && (_countedAt is not { } at || timeProvider.GetElapsedTime(at) >= Life))
                (_count, _countedAt) = (ReadAsync(), timeProvider.GetTimestamp());
            return _count;
        }
    }

    private async Task<int?> ReadAsync()
    {
        int? count = null;
        try
        {
            count = (await journal.UnknownsAsync(CancellationToken.None).ConfigureAwait(false)).Count;
        }
        catch (Exception e) when (e is JournalUnavailableException or ObjectDisposedException)
        {
            // Its problem stands beside it, or the worker has ended.
        }

        if (count is not null) _last = count;
        return count;
    }
}
