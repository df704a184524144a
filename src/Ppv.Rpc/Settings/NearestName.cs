namespace Ppv.Rpc.Settings;

/// <summary>Finds what somebody meant who wrote a key that is not known.</summary>
internal static class NearestName
{
    /// <param name="written">The name that is not known.</param>
    /// <param name="section">Where it stands.</param>
    /// <param name="sectionPath">The path of that.</param>
    /// <param name="all">All that is known.</param>
    /// <param name="allPath">The path of that.</param>
    /// <returns>The path of an option; <see langword="null"/> where none is like it.</returns>
    public static string? Of(string written, OptionShape section, string sectionPath, OptionShape all, string allPath)
    {
        var near = section.Options.Keys.MinBy(name => Distance(written, name));
        var elsewhere = Below(all, allPath).MinBy(path => Distance(written, LastOf(path)));
        var (nearby, far) = (DistanceTo(near), DistanceTo(elsewhere is null ? null : LastOf(elsewhere)));
        // The very name in another section is meant rather than one here that only sounds like it.
        if (nearby <= Math.Max(2, written.Length / 3) && (nearby <= 1 || far > 0)) return Path(sectionPath, near!);
        return far <= written.Length / 4 ? elsewhere : null;

        int DistanceTo(string? name) => name is null ? int.MaxValue : Distance(written, name);
    }

    /// <summary>How many letters have to be put in, left out or replaced, whatever their case.</summary>
    public static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var before = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = before + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1);
                before = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static IEnumerable<string> Below(OptionShape section, string path) =>
        section.Options.SelectMany(option => Below(option.Value, Path(path, option.Key)).Prepend(Path(path, option.Key)));

    private static string LastOf(string path) => path[(path.LastIndexOf(':') + 1)..];

    private static string Path(string section, string name) => section.Length == 0 ? name : $"{section}:{name}";
}
