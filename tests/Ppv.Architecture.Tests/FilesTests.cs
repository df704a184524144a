using System.Globalization;
using Ppv.TestKit;

namespace Ppv.Architecture.Tests;

/// <summary>What a reader may expect of every file.</summary>
public class FilesTests
{
    /// <summary>About 300 lines are enough for one subject; one state machine in one file may need some more.</summary>
    private const int MaxLines = 400;

    [Theory]
    [MemberData(nameof(RoomsTests.Packages), MemberType = typeof(RoomsTests))]
    public void A_file_has_one_public_type_at_most_and_its_name(string package)
    {
        var read = Package.Read(package);
        var types = read.Files.ToDictionary(file => file.Path, read.PublicTypesOf);
        types.Values.Count(names => names.Count == 1).ShouldBeGreaterThan(10);
        types.Where(
            file => file.Value.Count > 1 || (file.Value is [var only] && !file.Key.EndsWith($"{only}.cs", StringComparison.Ordinal)))
            .Select(file => $"{file.Key} declares {string.Join(", ", file.Value)}").ShouldBeEmpty();
    }

    /// <summary>
    /// So that a using says what a file depends on, and a type is found by its name. Public types stay in the package's own namespace.
    /// </summary>
    [Theory]
    [InlineData("Ppv.Hosting")]
    public void A_file_has_one_type_and_its_name_and_an_internal_type_the_namespace_of_its_folder(string package)
    {
        var read = Package.Read(package);
        var types = read.Types.ToList();
        types.Count.ShouldBeGreaterThan(100);
        types.Where(type => !type.IsFileNamed || (!type.IsPublic && type.Namespace != type.FolderNamespace))
            .Select(type => $"{type.Namespace}.{type.Name} in {type.Path}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("src")]
    [InlineData("samples")]
    [InlineData("tests")]
    public void No_line_is_wider_than_the_editor_is_told(string folder)
    {
        var limit = MaxLineLength();
        limit.ShouldBe(140);
        var wide = from file in SourceFile.Below(RepositoryPaths.PathTo(folder))
                   from line in file.Text.ReplaceLineEndings("\n").Split('\n').Select(
                       (text, index) => (Length: text.Length, Number: index + 1))
                   where line.Length > limit
                   select $"{folder}/{file.Path}:{line.Number} has {line.Length}";
        wide.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(RoomsTests.Packages), MemberType = typeof(RoomsTests))]
    public void No_file_is_a_wall_of_text(string package) =>
        Package.Read(package).Files.Select(
            file => (file.Path, Lines: file.Text.Count(c => c == '\n'))).Where(file => file.Lines > MaxLines).ShouldBeEmpty();

    private static int MaxLineLength()
    {
        const string key = "max_line_length = ";
        var line = File.ReadLines(RepositoryPaths.PathTo(".editorconfig")).Single(line => line.StartsWith(key, StringComparison.Ordinal));
        return int.Parse(line[key.Length..], CultureInfo.InvariantCulture);
    }
}
