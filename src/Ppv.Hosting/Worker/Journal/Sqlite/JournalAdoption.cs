namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>What another worker has handed over, which is all taken over or nothing. Safe for use by several threads.</summary>
/// <param name="entries">The entries.</param>
/// <param name="now">When it was handed over.</param>
internal sealed class JournalAdoption(IReadOnlyList<JournalEntry> entries, DateTimeOffset now)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<JournalEntry> Entries => entries;

    public DateTimeOffset Now => now;

    /// <summary>Completes when it is on disk, or certainly not.</summary>
    public Task Done => _done.Task;

    /// <summary>The group is on disk.</summary>
    public void Succeed() => _done.TrySetResult();

    /// <summary>The group is not on disk.</summary>
    public void Fail(Exception exception) => _done.TrySetException(exception);
}
