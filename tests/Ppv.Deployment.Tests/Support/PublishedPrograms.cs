using System.Reflection;
using Ppv.Deployment.Tests.Support;

[assembly: AssemblyFixture(typeof(PublishedPrograms))]

namespace Ppv.Deployment.Tests.Support;

/// <summary>
/// The programs as they are published, with the libraries that were built for the tests; once for all tests, when the first one asks.
/// </summary>
public sealed class PublishedPrograms : IDisposable
{
    private const int NotPermitted = 77;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(16); // Longer than what the script gives itself.

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-published-");
    private readonly Lazy<Task> _publishing;

    public PublishedPrograms() => _publishing = new Lazy<Task>(PublishAsync);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A file of a published program.</summary>
    /// <param name="path">The program's folder, such as <c>gateway</c>, and the file.</param>
    public async Task<string> PathToAsync(params string[] path)
    {
        await _publishing.Value;
        return Path.Combine([_folder.FullName, .. path]);
    }

    /// <summary>Runs a script of eng/ with them, which has to succeed.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(string script)
    {
        await _publishing.Value;
        var result = await CommandLine.RunAsync(RepositoryPaths.PathTo("eng", script), ["--published", _folder.FullName], Bound);
        Assert.SkipWhen(result.ExitCode == NotPermitted, result.Error.Trim());
        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        return result.Output;
    }

    private async Task PublishAsync()
    {
        var configuration = typeof(PublishedPrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "Configuration").Value!;
        foreach (var (project, name) in ((string, string)[])
            [("samples/Gateway", "gateway"), ("samples/Worker", "worker"), ("samples/WizardSimulator", "simulator"),
                ("tests/Ppv.OldPrograms", "old-programs")])
        {
            await CommandLine.RunCheckedAsync(
                "dotnet",
                ["publish", RepositoryPaths.PathTo(project.Split('/')), "-c", configuration, "--no-restore",
                    "-p:BuildProjectReferences=false", "-o", Path.Combine(_folder.FullName, name), "-v", "quiet"],
                Bound);
        }
    }
}
