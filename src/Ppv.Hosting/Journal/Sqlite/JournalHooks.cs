using Microsoft.Data.Sqlite;

namespace Ppv.Hosting;

/// <summary>For tests: what is called on the way to the file, and may throw or take its time there, as a disk does.</summary>
internal sealed record JournalHooks
{
    public static JournalHooks None { get; } = new();

    public Action? BeforeOpen { get; init; }

    /// <summary>Called with the connection before each group is written.</summary>
    public Action<SqliteConnection>? BeforeGroup { get; init; }

    public Action? BeforeRead { get; init; }
}
