using Microsoft.Data.Sqlite;
using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol;

namespace Ppv.Cli.Tests;

/// <summary>A folder with a worker's journal in it, and the journal as the worker has it open.</summary>
internal sealed class JournalFolder : IAsyncDisposable
{
    public const string Call = "0127032d64a94732", Bought = "order-bought", Unknown = "order-unknown", Subscriber = "order-en";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-journal-");
    private SqliteOrderJournal? _open;

    public string File => Path.Combine(_folder.FullName, "journal.db");

    public SqliteOrderJournal Open => _open ??= new SqliteOrderJournal(new JournalOptions { Path = File });

    /// <summary>
    /// Makes a journal of two calls: one that bought, and one whose confirm nobody knows the outcome of. A worker has it open still.
    /// </summary>
    public static async Task<JournalFolder> CreateAsync()
    {
        var folder = new JournalFolder();
        var first = ConnectionId.Parse(Call);
        await folder.RecordAsync(PpvOrder.Event(first, "262193") with { Id = "order-ev" }, JournalState.Completed, "OK");
        await folder.RecordAsync(PpvOrder.Subscriber(first, "85165320") with { Id = Subscriber }, JournalState.Completed, "OK");
        await folder.RecordAsync(PpvOrder.Confirm(first) with { Id = Bought }, JournalState.Completed, "OK");
        await folder.RecordAsync(
            PpvOrder.Confirm(ConnectionId.Parse("0128031c21578752")) with { Id = Unknown }, JournalState.Unknown, "ER444");
        return folder;
    }

    public async Task RecordAsync(PpvOrder order, JournalState state, string? code)
    {
        var entry = Entry(order);
        if (entry.IsConfirm) await Open.RecordIntentAsync(entry);
        await Open.RecordResultAsync(entry with
        {
            State = state, Code = code, Reason = state == JournalState.Unknown ? "Wizard did not answer in time." : null,
        });
    }

    public static JournalEntry Entry(PpvOrder order) => new()
    {
        Order = order,
        Deadline = new DateTimeOffset(2026, 11, 26, 18, 0, 30, TimeSpan.Zero),
        ReceivedAt = new DateTimeOffset(2026, 11, 26, 18, 0, 0, TimeSpan.Zero).AddSeconds(order.Id.Length),
        Line = new LineNumber(16),
        LeaseId = "lease",
    };

    /// <summary>The worker has ended, and what is in the journal's place is a copy of before its last order.</summary>
    public async Task PutOldCopyAsync(string last = "order-since")
    {
        await CloseAsync();
        var old = File + ".old";
        System.IO.File.Copy(File, old);
        await RecordAsync(PpvOrder.Confirm(ConnectionId.Parse(Call)) with { Id = last }, JournalState.Completed, "OK");
        await CloseAsync();
        System.IO.File.Move(old, File, overwrite: true);
    }

    /// <summary>The worker ends in good order.</summary>
    public async Task CloseAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        _open = null;
    }

    /// <summary>Everything that is in the folder, byte for byte.</summary>
    public IReadOnlyDictionary<string, string> Content() => _folder.GetFiles().ToDictionary(
        file => file.Name, file => Convert.ToHexString(System.IO.File.ReadAllBytes(file.FullName)));

    public void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Writes to the file and does not come to an end, until the result is disposed of.</summary>
    public IDisposable Hold()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE; UPDATE orders SET note = 'held'";
        command.ExecuteNonQuery();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Delete(recursive: true);
    }
}
