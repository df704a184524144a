using System.Globalization;
using Microsoft.Data.Sqlite;
using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// An entry as a row. Everything is readable text: in an emergency, people look into the file with the <c>sqlite3</c> shell.
/// </summary>
internal static class JournalRow
{
    public const string Columns =
        "order_id, connid, command, value, line, lease_id, state, code, reason, note, deadline, received_at, updated_at, repeat_of, "
        + "subject, handed_over_at, detail";

    /// <summary>
    /// Writes a row, in its place when it is there: what an order asks for never changes, but a fingerprint may make place for its number.
    /// </summary>
    public const string Upsert = $"""
        INSERT INTO orders ({Columns}) VALUES
          (@order_id, @connid, @command, @value, @line, @lease_id, @state, @code, @reason, @note, @deadline, @received_at, @updated_at,
           @repeat_of, @subject, @handed_over_at, @detail)
        ON CONFLICT (order_id) DO UPDATE SET
          value = excluded.value, line = excluded.line, lease_id = excluded.lease_id, state = excluded.state, code = excluded.code,
          reason = excluded.reason, detail = excluded.detail,
          note = excluded.note, deadline = excluded.deadline, received_at = excluded.received_at, updated_at = excluded.updated_at,
          repeat_of = excluded.repeat_of, handed_over_at = excluded.handed_over_at
        """;

    /// <summary>
    /// Puts a row behind all others, for an order that came once more: rows stand in the order in which they came, whatever the clock
    /// showed.
    /// </summary>
    public const string MoveToEnd = "UPDATE orders SET rowid = (SELECT max(rowid) + 1 FROM orders) WHERE order_id = @order_id";

    // Every time has the same width, so that SQLite's order of texts is the order of times.
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fffffff'Z'";

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    public static void Bind(SqliteCommand command, JournalEntry entry)
    {
        Set(command, "@order_id", entry.OrderId);
        Set(command, "@connid", entry.Order.ConnectionId?.ToString());
        Set(command, "@command", entry.Order.Command.Key);
        Set(command, "@value", entry.Order.Command.Value);
        Set(command, "@line", entry.Line?.Value);
        Set(command, "@lease_id", entry.LeaseId);
        Set(command, "@state", entry.State.ToString());
        Set(command, "@code", entry.Code);
        Set(command, "@reason", entry.Reason);
        Set(command, "@detail", entry.Detail);
        Set(command, "@note", entry.Note);
        Set(command, "@deadline", Text(entry.Deadline));
        Set(command, "@received_at", Text(entry.ReceivedAt));
        Set(command, "@updated_at", Text(entry.UpdatedAt));
        Set(command, "@repeat_of", entry.RepeatOf);
        Set(command, "@subject", entry.Order.Subject);
        Set(command, "@handed_over_at", entry.HandedOverAt is { } at ? Text(at) : null);
    }

    public static void Set(SqliteCommand command, string name, object? value)
    {
        if (command.Parameters.Contains(name)) command.Parameters[name].Value = value ?? DBNull.Value;
        else command.Parameters.AddWithValue(name, value ?? DBNull.Value);
    }

    /// <exception cref="FormatException">Somebody else wrote into the row.</exception>
    public static JournalEntry Read(SqliteDataReader row)
    {
        try
        {
            var connid = TextAt(row, 1);
            var order = new PpvOrder(
                connid is null ? null : ConnectionId.Parse(connid), Command(row.GetString(2), row.GetString(3))) 
            {
                Id = row.GetString(0),
                Subject = TextAt(row, 14),
            };
            return new JournalEntry
            {
                Order = order,
                Line = row.IsDBNull(4) ? null : new LineNumber(row.GetInt32(4)),
                LeaseId = TextAt(row, 5),
                State = Enum.Parse<JournalState>(row.GetString(6)),
                Code = TextAt(row, 7),
                Reason = TextAt(row, 8),
                Detail = TextAt(row, 16),
                Note = TextAt(row, 9),
                Deadline = Time(row.GetString(10)),
                ReceivedAt = Time(row.GetString(11)),
                UpdatedAt = Time(row.GetString(12)),
                RepeatOf = TextAt(row, 13),
                HandedOverAt = TextAt(row, 15) is { } handedOver ? Time(handedOver) : null,
            };
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or InvalidCastException or FormatException)
        {
            throw new FormatException($"The row of order {row.GetValue(0)} can't be understood: {e.Message}", e);
        }
    }

    private static PpvCommand Command(string key, string value) => key switch
    {
        "EV" => PpvCommand.Event(value),
        "EN" => PpvCommand.Subscriber(value),
        "CONFIRM" => PpvCommand.Confirm,
        _ => throw new FormatException($"\"{key}\" is no command."),
    };

    private static string? TextAt(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Reads a time that may be anything.</summary>
    public static bool TryTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
