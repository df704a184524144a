namespace Ppv.Architecture.Tests;

/// <summary>A file of a package.</summary>
/// <param name="Path">Its path in the package's folder, with slashes, such as <c>Server/RpcServer.cs</c>.</param>
/// <param name="Text">What stands in it.</param>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>The folder: <c>Server</c>; empty for a file beside the project.</summary>
    public string Room => Path.LastIndexOf('/') is >= 0 and var end ? Path[..end] : "";

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The sources below a folder, without what a build has made.</summary>
    public static IEnumerable<SourceFile> Below(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        let path = System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/')
        where !path.Split('/').Any(part => part is "obj" or "bin")
        orderby path
        select new SourceFile(path, File.ReadAllText(file));
}
