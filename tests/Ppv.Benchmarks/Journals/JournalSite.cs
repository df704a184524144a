using Microsoft.Data.Sqlite;
using Ppv.Testing;

namespace Ppv.Benchmarks.Journals;

/// <summary>
/// Two workers with 29 lines of a Wizard that takes 20 ms, each with a broker and callers of its own: one keeps its journal in a file, one
/// in memory.
/// </summary>
internal sealed class JournalSite : IAsyncDisposable
{
    /// <summary>As many as keep all lines busy.</summary>
    public const int Callers = 58;

    private static readonly TimeSpan WizardTakes = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo _folder;

    private JournalSite(DirectoryInfo folder, CallLine inFile, CallLine inMemory) =>
        (_folder, InFile, InMemory) = (folder, inFile, inMemory);

    public CallLine InFile { get; }

    public CallLine InMemory { get; }

    private string Log => PathIn(_folder) + "-wal";

    public static async Task<JournalSite> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("ppv-journal-");
        return new JournalSite(folder, new CallLine(await StartAsync(PathIn(folder))), new CallLine(await StartAsync(path: null)));
    }

    /// <summary>
    /// How much the journal's write-ahead log grows for an order, while a reader keeps it from being begun anew, so that its length tells.
    /// </summary>
    public async Task<double> BytesForEachOrderAsync(int callers, TimeSpan length)
    {
        await using var reader = new SqliteConnection($"Data Source={PathIn(_folder)};Pooling=false");
        await reader.OpenAsync();
        await using var hold = reader.CreateCommand();
        hold.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)";
        await hold.ExecuteNonQueryAsync();
        hold.CommandText = "BEGIN; SELECT max(rowid) FROM orders";
        await hold.ExecuteScalarAsync();
        var before = InFile.Ended;
        if (new FileInfo(Log).Length > 0) throw new InvalidOperationException("The log could not be emptied, so its length tells nothing.");
        await InFile.RunAsync(callers, length);
        return new FileInfo(Log).Length / (3.0 * (InFile.Ended - before));
    }

    public async ValueTask DisposeAsync()
    {
        await InFile.DisposeAsync();
        await InMemory.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string PathIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "orders.db");

    private static Task<PpvTestHost> StartAsync(string? path) => PpvTestHost.StartAsync(options =>
    {
        options.RunGateway = false;
        options.Wizard.Behavior = WizardBehavior.Normal with { Delay = WizardTakes };
        options.ConfigureWorker = worker => worker.Server.Journal.Path = path;
    });
}
