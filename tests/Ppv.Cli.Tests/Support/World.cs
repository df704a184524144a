using System.Text.Json;
using Ppv.Board.Tests.Support;
using Ppv.Samples.Cli.Contexts;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Targets;
using Ppv.Testing;

namespace Ppv.Cli.Tests;

/// <summary>
/// What the tool has around it in <c>docs/cli.md</c>: a gateway, a worker with a journal on disk, a line board and a simulated Wizard,
/// all on loopback, in a context named <c>demo</c> that is in use. There is no RabbitMQ.
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
    }

    public async ValueTask DisposeAsync()
    {
        if (_board is not null) await _board.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
