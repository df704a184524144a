namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>What of an open journal its names don't mean any more.</summary>
internal enum JournalLoss
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The file, or its lock.</summary>
    File,

    /// <summary>The write-ahead log.</summary>
    Log,
}
