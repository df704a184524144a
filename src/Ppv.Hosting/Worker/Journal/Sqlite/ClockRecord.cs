using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// What the journal's file says of the machine's clocks (<see cref="ClockMark"/>).
/// </summary>
internal static class ClockRecord
{
    /// <summary>Makes its place, with the rest of the tables.</summary>
    public const string Create = "CREATE TABLE clock (id INTEGER PRIMARY KEY, agreed INTEGER, seen TEXT, uptime INTEGER)";

    /// <summary>Lets a clock go on where an earlier process has left it.</summary>
    /// <returns>See <see cref="PruneClock.Begin"/>.</returns>
    public static TimeSpan? Begin(SqliteConnection connection, PruneClock clock)
    {
        using var command = connection.CreateCommand();
        ClockMark? left = null;
        command.CommandText = "SELECT agreed, seen, uptime FROM clock WHERE id = 1";
        using (var row = command.ExecuteReader())
        {
            if (row.Read() && TimeOf(row.GetValue(1)) is { } seen && row.GetValue(0) is long agreed && row.GetValue(2) is long uptime)
                left = new ClockMark(Seconds(agreed), seen, Seconds(uptime));
        }

        command.CommandText = "SELECT updated_at FROM orders ORDER BY rowid DESC LIMIT 1";
        return clock.Begin(TimeOf(command.ExecuteScalar()), left);
    }

    /// <summary>Leaves what the next process goes on from.</summary>
    public static void Write(SqliteConnection connection, ClockMark mark)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO clock (id, agreed, seen, uptime) VALUES (1, @agreed, @seen, @uptime)";
        JournalRow.Set(command, "@agreed", (long)mark.Agreed.TotalSeconds);
        JournalRow.Set(command, "@seen", JournalRow.Text(mark.Seen));
        JournalRow.Set(command, "@uptime", (long)mark.Uptime.TotalSeconds);
        command.ExecuteNonQuery();
    }

    // Whatever somebody else has written there.
    private static DateTimeOffset? TimeOf(object? value) => value is string text && JournalRow.TryTime(text, out var time) ? time : null;

    private static TimeSpan Seconds(long value) => TimeSpan.FromSeconds(Math.Clamp(value, 0, 900_000_000_000));
}
