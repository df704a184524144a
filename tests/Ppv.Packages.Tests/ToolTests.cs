using Ppv.TestKit;

namespace Ppv.Packages.Tests;

/// <summary>
/// Installs the tool as a person does, in both ways, and has it do what needs more than .NET: read a journal, which is SQLite.
/// </summary>
public sealed class ToolTests(PackedPackages packages) : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("ppv-tool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_installed_tool_runs()
    {
        var tools = Path.Combine(_folder, "tools");
        await DotnetAsync("tool", "install", "ppv", "--tool-path", tools, "--version", Version, "--add-source", packages.Folder);
        var printed = await CommandLine.RunCheckedAsync(
            Path.Combine(tools, "ppv"), ["journal", "list", "--journal", EmptyJournal()], Bound, _folder, Variables());
        printed.ShouldContain("The journal has no such orders.");
    }

    [Fact]
    public async Task It_runs_without_being_installed()
    {
        // What the script dnx, beside dotnet, does with its arguments.
        var printed = await DotnetAsync(
            "dnx", "ppv", "--version", Version, "--yes", "--add-source", packages.Folder, "--", "journal", "list", "--journal",
            EmptyJournal());
        printed.ShouldContain("The journal has no such orders.");
    }

    [Fact]
    public void It_says_what_it_is_and_needs_no_particular_platform()
    {
        var package = packages.Open("ppv");
        package.Text("readme").ShouldBe("README.md");
        package.Text("license").ShouldBe("MIT");
        package.Files.ShouldContain("tools/net10.0/any/ppv.dll");
        foreach (var platform in (string[])["linux-x64/native/libe_sqlite3.so", "win-x64/native/e_sqlite3.dll"])
            package.Files.ShouldContain($"tools/net10.0/any/runtimes/{platform}");
    }

    /// <summary>To SQLite, a file without a byte is a database without a table.</summary>
    private string EmptyJournal()
    {
        var path = Path.Combine(_folder, "journal.db");
        File.WriteAllBytes(path, []);
        return path;
    }

    private string Version => packages.Open("ppv").Version;

    private Task<string> DotnetAsync(params string[] arguments) =>
        CommandLine.RunCheckedAsync("dotnet", arguments, Bound, _folder, Variables());

    private Dictionary<string, string> Variables() => new()
    {
        ["XDG_CONFIG_HOME"] = _folder,
        ["NUGET_PACKAGES"] = Path.Combine(_folder, "packages"),
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
    };
}
