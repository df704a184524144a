using System.Text;

namespace Ppv.Hosting.Tests;

/// <summary>Our reader beside the old programs' own, over files that nobody would write.</summary>
public sealed class PythonComparisonTests
{
    private const int Files = 4000;
    private const int Seed = 20261125;

    private static readonly string[] Headers =
        ["[S]", "[s]", "[T]", "[DEFAULT]", "[default]", "[ S ]", "[S] # x", "[a]b]", "[", "[]", "[S"];
    private static readonly string[] Indents = ["", "", "", "", " ", "  ", "\t", "    ", "\u00a0", "\x1c", "\f"];
    private static readonly string[] Keys = ["k", "j", "K", "i", "primary_host", "k k", "ü", "#k", "", "[x"];
    private static readonly string[] Delimiters = ["=", " = ", ":", " : ", "\t=\t", "==", ":=", "\u2003=", "\x1f=", " "];
    private static readonly string[] Texts =
    [
        "v", "\"q\"", "'q'", "", " ", "a b", "p#w", "x ; y", "# z", "ü€😀", "%%", "%", "%(k)s", "%(j)s", "%(J)s", "%(i)s%(j)s", "%(none)s",
        "%()s", "%(k)", "%(k", "%d", "%%(k)s", "[x]", "=", ":", "\x85", "\u2028", "\v",
    ];

    private static readonly string[] Breaks = ["\n", "\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n \n", "\n# c\n", "\n  ; c\n"];

    [Fact]
    public async Task Thousands_of_files_are_read_as_Python_reads_them()
    {
        var random = new Random(Seed);
        var files = Enumerable.Range(0, Files).Select(_ => File(random)).ToList();
        var python = await PythonConfigParser.ReadAsync(files, TestContext.Current.CancellationToken);
        Assert.SkipWhen(python is null, "There is no python3 on this machine.");

        python.Count.ShouldBe(Files);
        for (var i = 0; i < Files; i++) Shown(Ours(files[i])).ShouldBe(Shown(python[i]), $"file {i}: {Convert.ToBase64String(files[i])}");
        python.Count(file => file is not null).ShouldBeInRange(Files / 4, Files - Files / 8); // Neither kind may be rare.
    }

    /// <summary>At first the lines are as they should be, so that some files get far.</summary>
    private static byte[] File(Random random)
    {
        var strange = random.Next(4) * 4; // How many of a hundred choices are made freely.
        var text = new StringBuilder(random.Next(100) < strange / 4 ? "\uFEFF" : "");
        text.Append("[S]\n");
        var lines = random.Next(1, 12);
        for (var line = 0; line < lines; line++)
        {
            text.Append(random.Next(100) < 30 ? Any(random, Indents) : "");
            text.Append(random.Next(100) switch
            {
                < 12 => line < 2 || random.Next(100) < strange ? Any(random, Headers) : $"[{line}]",
                < 25 => Any(random, Texts),
                _ => (random.Next(100) < strange ? Any(random, Keys) : $"{"kji"[random.Next(3)]}{(line < 3 ? "" : line)}")
                    + (random.Next(100) < strange ? Any(random, Delimiters) : Delimiters[random.Next(5)])
                    + Any(random, Texts) + (random.Next(3) == 0 ? Any(random, Texts) : ""),
            });
            text.Append(Any(random, Breaks));
        }

        if (random.Next(20) == 0) text.Append(Chain(random.Next(8, 13)) + Any(random, Texts));
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(400) < strange) bytes[random.Next(bytes.Length)] = (byte)random.Next(128, 256);
        return bytes;
    }

    private static string Chain(int length) =>
        $"[chain]\n{string.Concat(Enumerable.Range(0, length).Select(i => $"c{i}=%(c{i + 1})s\n"))}c{length}=";

    private static string Any(Random random, string[] choices) => choices[random.Next(choices.Length)];

    private static Dictionary<string, Dictionary<string, string?>>? Ours(byte[] file)
    {
        try
        {
            var ini = LegacyIni.Parse(LegacyCfgFile.Decode(file));
            return ini.Sections.ToDictionary(
                section => section, section => ini.Own(section).Keys.Union(ini.Own(LegacyIni.DefaultSection).Keys)
                .ToDictionary(key => key, key => Value(ini, section, key)));
        }
        catch (LegacyIniException)
        {
            return null;
        }
    }

    private static string? Value(LegacyIni ini, string section, string key)
    {
        try
        {
            return ini.Interpolate(section, ini.Find(section, key)!, new HashSet<LegacyIniEntry>());
        }
        catch (LegacyIniException)
        {
            return null;
        }
    }

    private static string Shown(Dictionary<string, Dictionary<string, string?>>? file) =>
        file is null ? "refused" : string.Join('\n', file.OrderBy(section => section.Key, StringComparer.Ordinal).Select(section =>
            $"[{section.Key}] " + string.Join(", ",
                section.Value.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => $"{key.Key}=<{key.Value ?? "refused"}>"))));
}
