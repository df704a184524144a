namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>What is committed together, and what comes after it.</summary>
/// <param name="Entries">What was recorded and is not yet on disk.</param>
/// <param name="Guarded">The intents and settlements, after the entries.</param>
/// <param name="Results">Who waits for the entries; each is told whether they are on disk.</param>
/// <param name="Prunes">Who waits for old entries to be deleted afterwards; each is told how many were.</param>
internal sealed record WriteGroup(
    IReadOnlyList<JournalEntry> Entries,
    IReadOnlyList<GuardedWrite> Guarded,
    IReadOnlyList<TaskCompletionSource<bool>> Results,
    IReadOnlyList<TaskCompletionSource<int>> Prunes)
{
    /// <summary>What other workers have handed over, after everything else.</summary>
    public IReadOnlyList<JournalAdoption> Adoptions { get; init; } = [];

    /// <summary>Who waits until the entries are in the file, on disk or not.</summary>
    public IReadOnlyList<TaskCompletionSource<bool>> Begins { get; init; } = [];

    public bool IsEmpty => Entries.Count == 0 && Guarded.Count == 0 && Adoptions.Count == 0;

    /// <summary>
    /// EV and EN may be lost with the machine's power: then their calls start over. What became of a confirm may not, wherever it was sent.
    /// </summary>
    public bool MustBeDurable =>
        Guarded.Count > 0 || Adoptions.Count > 0 || Results.Count > 0
        || Entries.Any(entry => entry.IsConfirm && entry.State != JournalState.Received);
}
