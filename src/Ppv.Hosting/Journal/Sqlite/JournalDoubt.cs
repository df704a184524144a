namespace Ppv.Hosting;

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

/// <summary>What can be wrong with a journal's file beside its mark.</summary>
internal enum JournalDoubtKind
{
    /// <summary>The file is not there.</summary>
    Gone,

    /// <summary>It lacks what was written to it: it is an older copy.</summary>
    Behind,

    /// <summary>It is another journal.</summary>
    Another,

    /// <summary>Its write-ahead log was made for another state of the file.</summary>
    OthersLog,

    /// <summary>The mark is gone, so that nothing shows how far the file had come.</summary>
    NoMark,

    /// <summary>There is something in the place of the mark that is none.</summary>
    UnreadableMark,

    /// <summary>The name means another file now than the one that is open.</summary>
    Moved,
}

/// <summary>The reason behind an <see cref="InvalidDataException"/>: the file is not the one that it must be.</summary>
/// <param name="doubt">Why.</param>
internal sealed class JournalDoubtException(JournalDoubt doubt) : Exception(doubt.Problem)
{
    /// <summary>
    /// Whether what was opened before can still be read, because it is another file than the one that the name means now.
    /// </summary>
    public bool IsElsewhere => doubt.Kind is JournalDoubtKind.Gone or JournalDoubtKind.Moved;
}
