namespace Ppv.Hosting.Worker.Journal.Sqlite;

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
