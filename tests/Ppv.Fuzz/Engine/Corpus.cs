namespace Ppv.Fuzz.Engine;

/// <summary>The inputs that are known: a folder for each target, beside the program.</summary>
internal static class Corpus
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "corpus");

    /// <summary>The inputs of a target, in the order of their names.</summary>
    public static IReadOnlyList<(string Name, byte[] Input)> Of(string target)
    {
        var folder = Path.Combine(Folder, target);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(Read)]
            : [];
    }

    private static (string Name, byte[] Input) Read(string file) => (Path.GetFileName(file), File.ReadAllBytes(file));
}
