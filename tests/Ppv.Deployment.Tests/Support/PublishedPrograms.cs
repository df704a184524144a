using System.Reflection;

namespace Ppv.Deployment.Tests.Support;

/// <summary>The programs as they are published, from what was built for the tests: for the scripts that set up whole sites.</summary>
public sealed class PublishedPrograms : IAsyncLifetime
{
    public static readonly TimeSpan Bound = TimeSpan.FromMinutes(8);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-published-");

    /// <summary>Has <c>gateway</c>, <c>worker</c>, <c>simulator</c> and <c>old-programs</c>.</summary>
    public string Folder => _folder.FullName;

    public async ValueTask InitializeAsync()
    {
        var configuration = typeof(PublishedPrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "Configuration").Value!;
        foreach (var (project, name) in ((string, string)[])
            [("samples/Gateway", "gateway"), ("samples/Worker", "worker"), ("samples/WizardSimulator", "simulator"),
                ("tests/Ppv.OldPrograms", "old-programs")])
        {
            await CommandLine.RunCheckedAsync(
                "dotnet",
                ["publish", RepositoryPaths.PathTo(project.Split('/')), "-c", configuration, "--no-build",
                    "-o", Path.Combine(Folder, name), "-v", "quiet"],
                Bound);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
