using System.Text.RegularExpressions;
using Ppv.TestKit;

namespace Ppv.Packages.Tests;

/// <summary>A console project in a folder of its own that knows this repository only through its packages.</summary>
internal sealed partial class ConsumerProject : IDisposable
{
    private static readonly TimeSpan CommandBound = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        // The processes of this build end with it: nobody waits for helpers that stay behind.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-consumer-");

    private ConsumerProject()
    {
    }

    private string InstallFolder => Path.Combine(_folder.FullName, "packages");

    /// <param name="packages">Ours.</param>
    /// <param name="others">What it asks for beside them, and in which version.</param>
    public static async Task<ConsumerProject> CreateAsync(PackedPackages packages, IReadOnlyDictionary<string, string> others)
    {
        var project = new ConsumerProject();
        await project.WriteAsync("nuget.config", await project.NuGetConfigAsync(packages.Folder));
        // Nothing of what may lie in folders above applies.
        await project.WriteAsync("Directory.Build.props", "<Project />");
        await project.WriteAsync("Directory.Packages.props", "<Project />");
        await project.WriteAsync(
            "Program.cs", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Consumer", "Program.cs.txt")));
        await project.WriteAsync("Consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <!-- Ours are installed afresh; what they depend on is taken from where it already is. -->
                <RestorePackagesPath>{project.InstallFolder}</RestorePackagesPath>
                <RestoreFallbackFolders>{await project.GlobalPackagesAsync()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{PackedPackages.Testing}" Version="{packages.Open(PackedPackages.Testing).Version}" />
                {string.Concat(others.Select(other => $"<PackageReference Include=\"{other.Key}\" Version=\"{other.Value}\" />"))}
              </ItemGroup>
            </Project>
            """);
        return project;
    }

    /// <summary>Runs a dotnet command in the project's folder; it has to succeed.</summary>
    public Task<string> DotnetAsync(TimeSpan bound, params string[] arguments) =>
        CommandLine.RunCheckedAsync("dotnet", arguments, bound, _folder.FullName, Environment);

    /// <summary>The package was installed into this project's folder, not found lying around from an earlier time.</summary>
    public void ShouldHaveRestored(Package package) =>
        File.Exists(Path.Combine(InstallFolder, package.Text("id").ToLowerInvariant(), package.Version, ".nupkg.metadata"))
            .ShouldBeTrue("The package came from somewhere else.");

    public void Dispose() => _folder.Delete(recursive: true);

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), text);

    // The machine's own sources stay in force for everything else: a name of ours in a public registry must not win.
    private async Task<string> NuGetConfigAsync(string packageFolder)
    {
        var listed = await DotnetAsync(CommandBound, "nuget", "list", "source");
        var others = EnabledSource().Matches(listed).Select(
            match => $"""    <packageSource key="{match.Groups[1].Value}"><package pattern="*" /></packageSource>""");
        return $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{packageFolder}" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="packed"><package pattern="Ppv.*" /></packageSource>
            {string.Join('\n', others)}
              </packageSourceMapping>
            </configuration>
            """;
    }

    private async Task<string> GlobalPackagesAsync()
    {
        var listed = await DotnetAsync(CommandBound, "nuget", "locals", "global-packages", "--list");
        return listed[(listed.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    [GeneratedRegex(@"^\s*\d+\.\s+(.+?) \[Enabled\]", RegexOptions.Multiline)]
    private static partial Regex EnabledSource();
}
