using System.Globalization;
using Ppv.Packages.Tests;
using Ppv.TestKit;

[assembly: AssemblyFixture(typeof(PackedPackages))]

namespace Ppv.Packages.Tests;

/// <summary>
/// The packages: those in the folder that <c>PPV_TEST_PACKAGES</c> names, as test.sh has just packed them, else packed here. Their
/// version is nobody else's: one that is installed on this machine already would be taken for the one under test.
/// </summary>
public sealed class PackedPackages : IAsyncLifetime
{
    public const string Protocol = "Ppv.Protocol";
    public const string Rpc = "Ppv.Rpc";
    public const string Hosting = "Ppv.Hosting";
    public const string Testing = "Ppv.Testing";
    public const string OpenTelemetry = "Ppv.OpenTelemetry";

    private static readonly TimeSpan PackBound = TimeSpan.FromMinutes(5);
    private DirectoryInfo? _temporary;

    /// <summary>Where they are.</summary>
    public string Folder { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("PPV_TEST_PACKAGES") is { Length: > 0 } folder)
        {
            Folder = folder;
            return;
        }

        _temporary = Directory.CreateTempSubdirectory("ppv-packages-");
        Folder = _temporary.FullName;
        var suffix = string.Create(CultureInfo.InvariantCulture, $"test.{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}");
        var projects = new[] { Protocol, Rpc, Hosting, Testing, OpenTelemetry }.Select(id => RepositoryPaths.PathTo("src", id));
        foreach (var project in projects.Append(RepositoryPaths.PathTo("samples", "Cli")))
        {
            await CommandLine.RunCheckedAsync(
                "dotnet",
                ["pack", project, "-c", "Release", "--version-suffix", suffix,
                 $"-p:PackageOutputPath={Folder}", "-v", "quiet"],
                PackBound);
        }
    }

    public ValueTask DisposeAsync()
    {
        _temporary?.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens a package; there must be exactly one of that name.</summary>
    public Package Open(string id) => Package.Open(Folder, id);
}
