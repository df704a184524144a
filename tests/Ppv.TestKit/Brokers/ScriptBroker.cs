namespace Ppv.TestKit;

/// <summary>A node that <c>eng/broker.sh</c> runs, with its state in one folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="owned">Whether the node is stopped and the folder deleted at the end; otherwise both are somebody else's.</param>
/// <param name="joins">The folder of the node whose cluster it joins; it has to be disposed of after this one.</param>
/// <param name="certificates">The folder of the certificates for TLS; without it there is none.</param>
internal sealed class ScriptBroker(string folder, bool owned, string? joins = null, string? certificates = null) : IBrokerProcess
{
    // Starting may include installing the package.
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan CommandBound = TimeSpan.FromMinutes(2);

    private readonly string _folder = folder;

    public static ScriptBroker InTemporaryFolder(ScriptBroker? joins = null, string? certificates = null) =>
        new(Directory.CreateTempSubdirectory("ppv-broker-").FullName, owned: true, joins?._folder, certificates);

    public async Task<BrokerAddress> StartAsync()
    {
        List<string> command = ["start", _folder];
        if (joins is not null) command.AddRange(["--join", joins]);
        if (certificates is not null) command.AddRange(["--tls", certificates]);
        var lines = (await RunAsync(StartBound, [.. command])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return BrokerAddress.Parse(lines[^1]) with { TlsPort = certificates is null ? null : new Uri(lines[^2]).Port };
    }

    public Task StopAsync() => RunAsync(CommandBound, "stop", _folder);

    public Task KillAsync() => RunAsync(CommandBound, "kill", _folder);

    public Task FreezeAsync() => RunAsync(CommandBound, "freeze", _folder);

    public Task ThawAsync() => RunAsync(CommandBound, "thaw", _folder);

    public Task<string> ControlAsync(params string[] arguments) => RunAsync(CommandBound, ["ctl", _folder, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (!owned)
            return;
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task<string> RunAsync(TimeSpan bound, params string[] arguments) =>
        CommandLine.RunCheckedAsync(RepositoryPaths.PathTo("eng", "broker.sh"), arguments, bound);
}
