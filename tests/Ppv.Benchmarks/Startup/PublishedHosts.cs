using Ppv.TestKit;
using Command = Ppv.TestKit.CommandLine;

namespace Ppv.Benchmarks.Startup;

/// <summary>A program as an operator gets it.</summary>
/// <param name="Name"><c>gateway</c> or <c>worker</c>.</param>
/// <param name="IsReadyToRun">Whether it was compiled ahead of time, as it is shipped.</param>
internal sealed record PublishedHost(string Name, bool IsReadyToRun)
{
    /// <summary>The program's file.</summary>
    public string File { get; init; } = "";

    public bool Equals(PublishedHost? other) => other is not null && (Name, IsReadyToRun) == (other.Name, other.IsReadyToRun);

    public override int GetHashCode() => HashCode.Combine(Name, IsReadyToRun);

    public override string ToString() => IsReadyToRun ? Name : $"{Name} without";
}

/// <summary>Publishes gateway and worker, with and without compiling them ahead of time.</summary>
internal static class PublishedHosts
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<string> Names { get; } = ["gateway", "worker"];

    public static async Task<IReadOnlyList<PublishedHost>> PublishAsync(string folder)
    {
        List<PublishedHost> hosts = [];
        foreach (var name in Names)
        {
            foreach (var isReadyToRun in (bool[])[true, false])
            {
                var target = Path.Combine(folder, isReadyToRun ? name : $"{name}-without");
                var host = new PublishedHost(name, isReadyToRun) { File = Path.Combine(target, $"ppv-{name}") };
                if (!File.Exists(host.File)) await PublishAsync(host, target);
                hosts.Add(host);
            }
        }

        return hosts;
    }

    private static Task<string> PublishAsync(PublishedHost host, string target)
    {
        var project = RepositoryPaths.PathTo("samples", char.ToUpperInvariant(host.Name[0]) + host.Name[1..]);
        string[] arguments = ["publish", project, "-c", "Release", "-o", target, "-v", "quiet"];
        return Command.RunCheckedAsync("dotnet", host.IsReadyToRun ? arguments : [.. arguments, "-p:PublishReadyToRun=false"], Bound);
    }
}
