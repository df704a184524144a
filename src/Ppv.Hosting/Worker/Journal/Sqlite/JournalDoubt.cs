namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>Why a journal's file can't be believed to know of all that was bought. Immutable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Problem">What is wrong and what to do, as the end of a sentence about the journal, without its last full stop.</param>
/// <param name="Missing">What the file must have, and has not.</param>
/// <param name="Newest">The order that came last of those that the file has; <see langword="null"/> when it has none.</param>
/// <param name="MissingRows">How many orders are missing at most; <see langword="null"/> when that is not known.</param>
internal sealed record JournalDoubt(
    JournalDoubtKind Kind, string Problem, JournalWitness? Missing = null, JournalWitness? Newest = null, long? MissingRows = null)
{
    /// <summary>As what every file is refused with that can't be used.</summary>
    public InvalidDataException ToException() => new(Problem, new JournalDoubtException(this));
}
