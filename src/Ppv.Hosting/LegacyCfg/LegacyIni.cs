namespace Ppv.Hosting.LegacyCfg;

using Sections = Dictionary<string, Dictionary<string, LegacyIniEntry>>;

/// <summary>
/// The content of an old file, as Python's <c>configparser.ConfigParser()</c> gives it to the old programs: the keys of [DEFAULT] are in
/// every section, <c>%(key)s</c> stands for another key's value and <c>%%</c> for a percent sign. Sections are told apart by case, keys are
/// not. Immutable.
/// </summary>
internal sealed class LegacyIni
{
    public const string DefaultSection = "DEFAULT";
    private const int DeepestReference = 10; // configparser.MAX_INTERPOLATION_DEPTH

    /// <summary>What the references of one value may come to, in characters. Ten levels of a few each would fill the memory.</summary>
    private const int LongestReferences = 100_000;

    private readonly Sections _sections;

    private LegacyIni(Sections sections) => _sections = sections;

    /// <summary>The sections but [DEFAULT], in the order of the file.</summary>
    public IEnumerable<string> Sections => _sections.Keys.Where(name => name != DefaultSection);

    /// <exception cref="LegacyIniException">Python would not read this either.</exception>
    public static LegacyIni Parse(string text) => new(LegacyIniParser.Parse(text));

    /// <summary>The keys that stand in a section itself, [DEFAULT] included, with their lines.</summary>
    public IReadOnlyDictionary<string, LegacyIniEntry> Own(string section) => _sections[section];

    /// <summary>
    /// A key's value before interpolation: the section's own, else the one of [DEFAULT]; <see langword="null"/> where there is neither, or
    /// no such section.
    /// </summary>
    public LegacyIniEntry? Find(string section, string key) =>
        !_sections.TryGetValue(section, out var own) ? null
        : own.TryGetValue(key, out var entry) || _sections[DefaultSection].TryGetValue(key, out entry) ? entry
        : null;

    /// <summary>The value that the old program gets for an entry of a section.</summary>
    /// <param name="section">The section, in which references are looked up.</param>
    /// <param name="entry">What <see cref="Find"/> found.</param>
    /// <param name="used">Takes in every entry that a reference leads to.</param>
    /// <exception cref="LegacyIniException">A reference leads nowhere, or a percent sign stands alone.</exception>
    public string Interpolate(string section, LegacyIniEntry entry, ISet<LegacyIniEntry> used)
    {
        var left = LongestReferences;
        return Interpolate(section, entry.Value, entry.Line, used, depth: 1, ref left);
    }

    private string Interpolate(string section, string value, int line, ISet<LegacyIniEntry> used, int depth, ref int left)
    {
        if (!value.Contains('%')) return value;
        if (depth > DeepestReference)
            throw new LegacyIniException(line, "its %(key)s leads to more than ten others, perhaps in a circle. Write the value itself.");
        var result = new System.Text.StringBuilder();
        for (var rest = value.AsSpan(); rest.Length > 0;)
        {
            var percent = rest.IndexOf('%');
            if (percent < 0) return result.Append(rest).ToString();
            result.Append(rest[..percent]);
            rest = rest[percent..];
            if (rest.StartsWith("%%"))
            {
                result.Append('%');
                rest = rest[2..];
                continue;
            }

            var end = rest.IndexOf(')');
            if (!rest.StartsWith("%(") || end <= 2 || !rest[(end + 1)..].StartsWith("s"))
                throw new LegacyIniException(
                    line, "a percent sign must be doubled, %%, unless it begins a reference to another key, %(key)s.");
            if (Find(section, LegacyIniParser.Key(rest[2..end].ToString())) is not { } target)
                throw new LegacyIniException(line, "its %(key)s names a key that is neither in this section nor in [DEFAULT]. "
                    + "Correct the name, or double the percent sign.");
            used.Add(target);
            left -= target.Value.Length + 1;
            if (left < 0) throw new LegacyIniException(line, "its %(key)s leads to too many others. Write the value itself.");
            result.Append(Interpolate(section, target.Value, target.Line, used, depth + 1, ref left));
            rest = rest[(end + 2)..];
        }

        return result.ToString();
    }
}
