namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// A write that depends on what is known, and that is all or nothing: an intent, a settlement. Nobody sees it before it is on disk.
/// </summary>
/// <param name="orderId">The order.</param>
/// <param name="intent">The intent; <see langword="null"/> when it is something else.</param>
/// <param name="next">From what is known to what shall be; throws <see cref="InvalidOperationException"/> when that may not be.</param>
internal sealed class GuardedWrite(string orderId, JournalEntry? intent, Func<JournalEntry?, JournalEntry> next)
{
    private readonly TaskCompletionSource<JournalEntry> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JournalEntry? _decided;
    private InvalidOperationException? _refused;

    public string OrderId => orderId;

    public JournalEntry? Intent => intent;

    /// <summary>Whether it is an intent that the group which was written holds.</summary>
    public bool IsIntentWritten => intent is not null && _decided is not null;

    /// <summary>Completes when the write is on disk, or certainly not.</summary>
    public Task<JournalEntry> Done => _done.Task;

    /// <summary>Decides what to write; nothing when the caller has left or it may not be.</summary>
    public JournalEntry? Decide(JournalEntry? known)
    {
        if (_done.Task.IsCompleted) return null;
        try
        {
            return _decided = next(known);
        }
        catch (InvalidOperationException e)
        {
            _refused = e;
            return null;
        }
    }

    /// <summary>The group is on disk.</summary>
    /// <returns>An entry that was written after its caller had left.</returns>
    public JournalEntry? Succeed()
    {
        if (_refused is not null) _done.TrySetException(_refused);
        else if (_decided is not null && !_done.TrySetResult(_decided)) return _decided;
        return null;
    }

    /// <summary>The group is not on disk.</summary>
    public void Fail(Exception exception) => _done.TrySetException(exception);

    /// <summary>The caller leaves.</summary>
    public void Cancel(CancellationToken cancellationToken) => _done.TrySetCanceled(cancellationToken);
}
