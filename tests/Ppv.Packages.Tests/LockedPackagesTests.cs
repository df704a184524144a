using System.Text.Json;
using Ppv.TestKit;

namespace Ppv.Packages.Tests;

/// <summary>What is deployed is restored to the byte, and from one source.</summary>
public sealed class LockedPackagesTests(PackedPackages packages)
{
    /// <summary>A program that is compiled for a kind of machine is published with packages of that kind.</summary>
    [Fact]
    public void Each_program_has_a_lock_file_for_each_kind_of_machine()
    {
        var projects = Directory.GetFiles(RepositoryPaths.PathTo("samples"), "*.csproj", SearchOption.AllDirectories);
        projects.Length.ShouldBeGreaterThan(4);
        foreach (var project in projects)
        {
            var isCompiled = File.ReadAllText(project).Contains("<PublishReadyToRun>true<", StringComparison.Ordinal);
            foreach (var kind in isCompiled ? ["", "linux-x64.", "linux-arm64."] : (string[])[""])
            {
                var file = Path.Combine(Path.GetDirectoryName(project)!, $"packages.{kind}lock.json");
                using var text = JsonDocument.Parse(File.ReadAllText(file));
                var locked = text.RootElement.GetProperty("dependencies").EnumerateObject()
                    .SelectMany(target => target.Value.EnumerateObject())
                    .Where(package => package.Value.GetProperty("type").GetString() != "Project").ToList();
                locked.ShouldNotBeEmpty(project);
                locked.ShouldAllBe(package => package.Value.GetProperty("contentHash").GetString()!.Length == 88);
            }
        }
    }

    [Fact]
    public async Task A_package_that_differs_from_the_lock_is_not_restored()
    {
        using var copy = TemporaryProject.OfSources();
        var asItIs = await copy.RestoreAsync("samples/Worker");
        asItIs.ExitCode.ShouldBe(0, asItIs.Output);

        copy.Change("Directory.Packages.props", PinnedVersions.Newest()["Polly.Core"], PinnedVersions.Lowest()["Polly.Core"]);
        foreach (var kind in (string[])["", "linux-x64"])
            ShouldBeRefused(await copy.RestoreAsync("samples/Worker", $"-p:RuntimeIdentifier={kind}"), "NU1004");
    }

    [Fact]
    public async Task A_package_with_other_content_is_not_restored()
    {
        using var copy = TemporaryProject.OfSources();
        copy.Change("samples/Cli/packages.lock.json", "\"contentHash\": \"", "\"contentHash\": \"00000");

        ShouldBeRefused(await copy.RestoreAsync("samples/Cli"), "NU1403");
    }

    /// <summary>Whoever can put a package of that name into another source that the machine knows does not get it into a build.</summary>
    [Fact]
    public async Task A_source_that_is_not_named_is_not_asked()
    {
        using var outer = new TemporaryProject();
        var version = packages.Open(PackedPackages.Protocol).Version;
        outer.Write("nuget.config", $"""
            <configuration><packageSources><add key="other" value="{packages.Folder}" /></packageSources></configuration>
            """);
        outer.Write("Directory.Build.props", "<Project />");
        outer.Write("Directory.Packages.props", "<Project />");
        foreach (var folder in (string[])["open", "mapped"])
        {
            outer.Write($"{folder}/Some.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <RestorePackagesPath>{outer.PathTo(folder)}/installed</RestorePackagesPath>
                  </PropertyGroup>
                  <ItemGroup><PackageReference Include="{PackedPackages.Protocol}" Version="{version}" /></ItemGroup>
                </Project>
                """);
        }

        File.Copy(RepositoryPaths.PathTo("nuget.config"), outer.PathTo("mapped/nuget.config"));

        (await outer.RestoreAsync("open")).ExitCode.ShouldBe(0, "Without the mapping it is taken.");
        ShouldBeRefused(await outer.RestoreAsync("mapped"), "PackageSourceMapping");
    }

    private static void ShouldBeRefused(CommandLine.Result run, string why)
    {
        run.ExitCode.ShouldNotBe(0);
        run.Output.ShouldContain(why);
    }
}
