using Microsoft.Data.Sqlite;
using Ppv.Protocol;

namespace Ppv.Samples.Embedding;

/// <summary>
/// The shop's memory, an SQLite file. Each change is on disk when its method returns, and is seen by all processes that share the file.
/// </summary>
public sealed class CartStore
{
    private const string Columns = "name, event, subscriber, attempt, connection_id, is_repeat, state, code";

    private readonly string _connectionString;

    public CartStore(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path }.ToString();
        using var connection = Open();
        Command(connection, """
            CREATE TABLE IF NOT EXISTS carts(
              name TEXT PRIMARY KEY, event TEXT NOT NULL, subscriber TEXT NOT NULL, attempt INTEGER NOT NULL,
              connection_id TEXT NOT NULL, is_repeat INTEGER NOT NULL, state TEXT NOT NULL, code TEXT);
            CREATE INDEX IF NOT EXISTS carts_of ON carts(subscriber, event)
            """).ExecuteNonQuery();
    }

    /// <summary>Finds a cart.</summary>
    public Cart? Find(string name)
    {
        using var connection = Open();
        return Read(connection, name);
    }

    /// <summary>
    /// Notes that a cart is going to be bought, before anybody is asked. A cart that was begun for something else is returned as it is.
    /// </summary>
    /// <param name="name">The cart.</param>
    /// <param name="eventNumber">The number of the event.</param>
    /// <param name="subscriber">The number of the subscriber.</param>
    /// <param name="again">Whether the customer wants it although another cart may have bought it.</param>
    /// <returns>The cart, or the other one that has bought the same for the same subscriber, or may have: then nothing is begun.</returns>
    public Cart Begin(string name, string eventNumber, string subscriber, bool again = false)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction(); // From here on, other processes wait.
        var known = Read(connection, name);
        if (known is not null && !known.IsFor(eventNumber, subscriber)) return known;
        var isFirst = known is null or { State: CartState.NotBought };
        if (isFirst && !again && ReadOther(connection, name, eventNumber, subscriber) is { } other) return other;
        var begun = known?.AskedAgain() ?? Cart.New(name, eventNumber, subscriber);
        Write(connection, begun);
        transaction.Commit();
        return begun;
    }

    /// <summary>Notes what became of a cart.</summary>
    /// <param name="begun">The cart as it was begun.</param>
    /// <param name="state">What became of it, other than unknown.</param>
    /// <param name="code">What the billing system said.</param>
    /// <returns>
    /// The cart as it is now. <see langword="null"/> when somebody else began to ask for it meanwhile: "nothing was bought" is no proof any
    /// more then, for he may buy it yet.
    /// </returns>
    public Cart? End(Cart begun, CartState state, string? code)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        var now = Read(connection, begun.Name)!;
        if (now.State != CartState.Unknown) return now;
        if (now != begun && state != CartState.Bought) return null;
        var ended = now with { State = state, Code = code };
        Write(connection, ended);
        transaction.Commit();
        return ended;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private static Cart? Read(SqliteConnection connection, string name) => Read(Command(
        connection, $"SELECT {Columns} FROM carts WHERE name = $name", ("$name", name)));

    /// <summary>Another cart that has bought this, or may have; the one of which that is certain first.</summary>
    private static Cart? ReadOther(SqliteConnection connection, string name, string eventNumber, string subscriber) => Read(Command(
        connection,
        $"""
        SELECT {Columns} FROM carts
        WHERE subscriber = $subscriber AND event = $event AND name <> $name AND state IN ('Bought', 'Unknown') ORDER BY state LIMIT 1
        """,
        ("$subscriber", subscriber), ("$event", eventNumber), ("$name", name)));

    private static Cart? Read(SqliteCommand command)
    {
        using var row = command.ExecuteReader();
        return row.Read()
            ? new Cart(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), ConnectionId.Parse(row.GetString(4)),
                row.GetBoolean(5), Enum.Parse<CartState>(row.GetString(6)), row.IsDBNull(7) ? null : row.GetString(7))
            : null;
    }

    private static void Write(SqliteConnection connection, Cart cart) => Command(
        connection,
        "INSERT OR REPLACE INTO carts VALUES($name, $event, $subscriber, $attempt, $connection_id, $is_repeat, $state, $code)",
        ("$name", cart.Name), ("$event", cart.Event), ("$subscriber", cart.Subscriber), ("$attempt", cart.Attempt),
        ("$connection_id", cart.ConnectionId.ToString()), ("$is_repeat", cart.IsRepeat), ("$state", cart.State.ToString()),
        ("$code", cart.Code ?? (object)DBNull.Value)).ExecuteNonQuery();

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand(); // It takes the connection's transaction, if there is one.
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
