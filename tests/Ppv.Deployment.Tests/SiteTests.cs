using System.Reflection;

namespace Ppv.Deployment.Tests;

/// <summary>eng/site.sh does on this machine what docs/deployment.md says, without systemd, and the site sells.</summary>
public class SiteTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task The_site_of_the_documents_sells_through_nginx_two_gateways_RabbitMQ_and_a_worker()
    {
        var configuration = typeof(SiteTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "Configuration").Value!;
        var folder = Directory.CreateTempSubdirectory("ppv-published-");
        try
        {
            foreach (var (project, name) in ((string, string)[])
                [("Gateway", "gateway"), ("Worker", "worker"), ("WizardSimulator", "simulator")])
            {
                await CommandLine.RunCheckedAsync(
                    "dotnet",
                    ["publish", RepositoryPaths.PathTo("samples", project), "-c", configuration, "--no-build",
                        "-o", Path.Combine(folder.FullName, name), "-v", "quiet"],
                    Bound);
            }

            var result = await CommandLine.RunAsync(RepositoryPaths.PathTo("eng", "site.sh"), ["--published", folder.FullName], Bound);

            result.ExitCode.ShouldBe(0, result.Output);
            result.Output.ShouldContain("The site works: one call was bought through nginx, two gateways, RabbitMQ and a worker.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
