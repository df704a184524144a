namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>The reason behind an <see cref="InvalidDataException"/>: the file is not the one that it must be.</summary>
/// <param name="doubt">Why.</param>
internal sealed class JournalDoubtException(JournalDoubt doubt) : Exception(doubt.Problem)
{
    /// <summary>
    /// Whether what was opened before can still be read, because it is another file than the one that the name means now.
    /// </summary>
    public bool IsElsewhere => doubt.Kind is JournalDoubtKind.Gone or JournalDoubtKind.Moved;
}
