using Ppv.TestKit;

namespace Ppv.Packages.Tests;

/// <summary>Projects in a temporary folder, to be restored.</summary>
internal sealed class TemporaryProject : IDisposable
{
    private static readonly TimeSpan RestoreBound = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-restore-");

    /// <summary>The packages and programs of this repository, without what was built of them.</summary>
    public static TemporaryProject OfSources()
    {
        var copy = new TemporaryProject();
        var root = RepositoryPaths.PathTo();
        foreach (var file in Directory.GetFiles(root).Concat(FilesIn("eng")).Concat(FilesIn("src")).Concat(FilesIn("samples")))
        {
            var target = copy.PathTo(Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public string PathTo(string name) => Path.Combine(_folder.FullName, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathTo(name))!);
        File.WriteAllText(PathTo(name), text);
    }

    /// <summary>Replaces a text that is in the file.</summary>
    public void Change(string name, string what, string by)
    {
        var text = File.ReadAllText(PathTo(name));
        text.ShouldContain(what);
        File.WriteAllText(PathTo(name), text.Replace(what, by, StringComparison.Ordinal));
    }

    public Task<CommandLine.Result> RestoreAsync(string folder, params string[] arguments) => CommandLine.RunAsync(
        "dotnet", ["restore", .. arguments], RestoreBound, PathTo(folder),
        new Dictionary<string, string> { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["MSBUILDDISABLENODEREUSE"] = "1" });

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.GetFiles(RepositoryPaths.PathTo(folder), "*", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
