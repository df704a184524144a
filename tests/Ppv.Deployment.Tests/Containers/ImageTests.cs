using System.Text.Json;

namespace Ppv.Deployment.Tests.Containers;

/// <summary>The images that <c>dotnet publish /t:PublishContainer</c> builds.</summary>
public sealed class ImageTests
{
    private const string RegistryVariable = "PPV_TEST_IMAGES";
    private static readonly TimeSpan BuildBound = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("Gateway", "ppv-gateway", "8070")]
    [InlineData("Worker", "ppv-worker", "8071")]
    [InlineData("WizardSimulator", "ppv-wizard-simulator", "2000")]
    public async Task An_image_has_no_shell_and_no_root(string sample, string repository, string port)
    {
        var output = await CommandLine.RunCheckedAsync("dotnet",
        [
            "msbuild", RepositoryPaths.PathTo("samples", sample), "-t:ComputeContainerConfig", "-getProperty:ContainerBaseImage",
            "-getProperty:ContainerRepository", "-getProperty:ContainerImageTag", "-getProperty:ContainerUser", "-getItem:ContainerPort",
        ], BuildBound);
        using var evaluated = JsonDocument.Parse(output);
        var properties = evaluated.RootElement.GetProperty("Properties");

        properties.GetProperty("ContainerBaseImage").GetString().ShouldNotBeNull().ShouldEndWith("/dotnet/aspnet:10.0-noble-chiseled");
        properties.GetProperty("ContainerRepository").GetString().ShouldBe(repository);
        properties.GetProperty("ContainerImageTag").GetString().ShouldBe("0.1.0", "compose.yaml names it so");
        properties.GetProperty("ContainerUser").GetString().ShouldBe("1654");
        evaluated.RootElement.GetProperty("Items").GetProperty("ContainerPort").EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("Identity").GetString().ShouldBe(port);
    }

    [Fact]
    public async Task An_image_is_built_where_its_base_can_be_had()
    {
        if (Environment.GetEnvironmentVariable(RegistryVariable) != "1")
            Assert.Skip($"The base image comes from a registry outside. Set {RegistryVariable}=1 where it can be reached.");
        var folder = Directory.CreateTempSubdirectory("ppv-image-");
        try
        {
            await CommandLine.RunCheckedAsync("dotnet",
            [
                "publish", RepositoryPaths.PathTo("samples", "Gateway"), "-c", "Release", "/t:PublishContainer",
                $"-p:ContainerArchiveOutputPath={folder.FullName}/",
            ], BuildBound);
            folder.GetFiles("*.tar.gz").ShouldHaveSingleItem().Length.ShouldBeGreaterThan(1_000_000);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
