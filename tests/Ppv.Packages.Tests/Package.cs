using System.IO.Compression;
using System.Xml.Linq;

namespace Ppv.Packages.Tests;

/// <summary>A package file and its description.</summary>
public sealed class Package
{
    private Package(string path, IReadOnlySet<string> files, XElement metadata) => (Path, Files, Metadata) = (path, files, metadata);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The names of what is inside.</summary>
    public IReadOnlySet<string> Files { get; }

    /// <summary>The nuspec's <c>metadata</c>.</summary>
    public XElement Metadata { get; }

    /// <summary>The package's version.</summary>
    public string Version => Text("version");

    /// <summary>What it depends on, for .NET 10: id and version.</summary>
    public IReadOnlyDictionary<string, string> Dependencies =>
        Metadata.Descendants(Metadata.Name.Namespace + "dependency")
            .ToDictionary(dependency => (string)dependency.Attribute("id")!, dependency => (string)dependency.Attribute("version")!);

    public static Package Open(string folder, string id)
    {
        var path = Directory.GetFiles(folder, $"{id}.*.nupkg").ShouldHaveSingleItem($"There must be one package {id} in {folder}.");
        using var archive = ZipFile.OpenRead(path);
        using var nuspec = archive.GetEntry($"{id}.nuspec").ShouldNotBeNull().Open();
        var root = XDocument.Load(nuspec).Root!;
        return new Package(path, Names(archive), root.Element(root.Name.Namespace + "metadata")!);
    }

    /// <summary>The names of what is in the symbol package beside it.</summary>
    public IReadOnlySet<string> SymbolFiles()
    {
        using var archive = ZipFile.OpenRead(System.IO.Path.ChangeExtension(Path, ".snupkg"));
        return Names(archive);
    }

    /// <summary>An element of the description.</summary>
    public XElement Element(string name) => Metadata.Element(Metadata.Name.Namespace + name).ShouldNotBeNull($"The nuspec has no {name}.");

    /// <summary>The text of an element of the description.</summary>
    public string Text(string name) => Element(name).Value;

    private static HashSet<string> Names(ZipArchive archive) => [.. archive.Entries.Select(entry => entry.FullName)];
}
