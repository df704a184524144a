using System.Text.Json;
using Ppv.Board.Tests.Support;
using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol;
using Ppv.Samples.Cli.Contexts;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Targets;
using Ppv.Testing;

namespace Ppv.Cli.Tests;

/// <summary>
/// What the tool has around it in <c>docs/cli.md</c>: a gateway, a worker with a journal on disk, a line board and a simulated Wizard,
/// all on loopback, in a context named <c>demo</c> that is in use. In the folder are the old configuration files, and <c>night.db</c>, a
/// journal with a confirm that nobody knows the outcome of, and <c>restored.db</c>, an old copy of a journal. There is no RabbitMQ.
/// </summary>
public sealed class World : IAsyncLifetime
{
    private PpvTestHost? _host;
    private BoardServer? _board;

    /// <summary>A folder of its own, in which the document's commands run.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("ppv-cli-").FullName;

    public PpvTestHost Host => _host ?? throw new InvalidOperationException("It has not started.");

    public string Url => new Uri(Host.GatewayAddress, "/api/v1/ppv").ToString();

    public string Wizard => $"127.0.0.1:{Host.Wizard.Port}";

    public string Journal => Path.Combine(Folder, "journal.db");

    /// <summary>A line board that is degraded.</summary>
    public string Board => _board?.Address.ToString() ?? throw new InvalidOperationException("It has not started.");

    /// <summary>The variables that make the context known to the tool.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = Folder };

    public async ValueTask InitializeAsync()
    {
        _host = await PpvTestHost.StartAsync(options => options.ConfigureWorker = worker => worker.Server.Journal.Path = Journal);
        _board = await BoardServer.StartAsync(States.Degraded);
        var target = new Target { Url = new Uri(Url), Wizard = Wizard, Board = new Uri(Board), Journal = Journal };
        var file = new ContextFile { InUse = "demo", Contexts = new(StringComparer.Ordinal) { ["demo"] = target } };
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "ppv"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "contexts.json"), JsonSerializer.Serialize(file, CliJson.Options));
        await File.WriteAllTextAsync(Path.Combine(Folder, "ppv_srv.cfg"), OldFiles.Worker);
        await File.WriteAllTextAsync(Path.Combine(Folder, "rest_api_gateway.cfg"), OldFiles.Gateway);
        await WriteNightAsync(Path.Combine(Folder, "night.db"));
        await WriteRestoredAsync(Path.Combine(Folder, "restored.db"));
    }

    /// <summary>A journal whose disk was lost after its second order, and that was restored from a copy of before.</summary>
    private static async Task WriteRestoredAsync(string path)
    {
        var copy = path + ".copy";
        await WriteNightAsync(path);
        File.Copy(path, copy);
        await WriteNightAsync(path, "01a2190f6e2a4d5f8c3b2a1908f7e6d6");
        File.Move(copy, path, overwrite: true);
    }

    private static async Task WriteNightAsync(string path, string orderId = "01a2190f6e2a4d5f8c3b2a1908f7e6d5")
    {
        await using var journal = new SqliteOrderJournal(new JournalOptions { Path = path });
        var order = PpvOrder.Confirm(ConnectionId.Parse("0128031c21578752")) with { Id = orderId };
        var received = TimeProvider.System.GetUtcNow().AddHours(-2);
        var entry = new JournalEntry
        {
            Order = order, ReceivedAt = received, Deadline = received.AddSeconds(30), Line = new LineNumber(8), LeaseId = "lease",
        };
        await journal.RecordIntentAsync(entry);
        await journal.RecordResultAsync(entry with
        {
            State = JournalState.Unknown, Code = "ER444", Reason = "Wizard did not answer in time.",
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_board is not null) await _board.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
