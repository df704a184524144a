using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>For tests: what is called on the way to the file, and may throw or take its time there, as a disk does.</summary>
internal sealed record JournalHooks
{
    public static JournalHooks None { get; } = new();

    public Action? BeforeOpen { get; init; }

    /// <summary>Called with the connection before each group is written.</summary>
    public Action<SqliteConnection>? BeforeGroup { get; init; }

    public Action? BeforeRead { get; init; }

    /// <summary>How many orders are remembered.</summary>
    public int Remembered { get; init; } = SqliteOrderJournal.MaxUnsaved;

    /// <summary>How many refusals are remembered however large the file is.</summary>
    public int RefusalsKept { get; init; } = JournalRules.RefusalsKept;
}
