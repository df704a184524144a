namespace Ppv.Architecture.Tests;

/// <summary>A type of a package that stands in no other one.</summary>
/// <param name="Package">The package.</param>
/// <param name="File">Its file.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name, without type parameters.</param>
/// <param name="IsPublic">Whether others may use it.</param>
internal sealed record DeclaredType(string Package, SourceFile File, string Namespace, string Name, bool IsPublic)
{
    public string Path => File.Path;

    public string FolderNamespace => File.Room.Length == 0 ? Package : $"{Package}.{File.Room.Replace('/', '.')}";

    /// <summary>Parts of a type may have more in their names: <c>Worker.Parts.cs</c>.</summary>
    public bool IsFileNamed => File.Name.Split('.')[0] == Name;
}
