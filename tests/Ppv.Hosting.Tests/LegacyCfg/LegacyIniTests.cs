using System.Text;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Old files are read as Python's <c>configparser.ConfigParser()</c> reads them: what it answered is recorded here (3.11).
/// </summary>
public sealed class LegacyIniTests
{
    /// <summary>A file, and the value of the key <c>k</c> in its section [S].</summary>
    public static readonly TheoryData<string, string> Values = new()
    {
        { "[S]\nk=v", "v" },
        { "[S]\nk: v", "v" },
        { "[S]\nk \t = \t v \t ", "v" },
        { "[S]\nK = V", "V" },
        { "[S]\nk=a=b:c", "a=b:c" },
        { "[S]\nk:a=b", "a=b" },
        { "[S]\nk=\"quoted\"", "\"quoted\"" },
        { "[S]\nk='quoted'", "'quoted'" },
        { "[S]\nk=", "" },
        { "[S]\nk=p#w;x", "p#w;x" },
        { "[S]\nk=v ; no comment", "v ; no comment" },
        { "[S]\nk=v # no comment", "v # no comment" },
        { "# x\n; y\n[S]\n  # z\nk=v\n", "v" },
        { "[S]\nk=v\n more", "v\nmore" },
        { "[S]\nk=v\n\tmore\n    yet = more", "v\nmore\nyet = more" },
        { "[S]\nk=\n more", "\nmore" },
        { "[S]\nk=v\n\n more", "v\n\nmore" },
        { "[S]\nk=v\n\n\nj=w", "v" },
        { "[S]\nk=v\n # comment\n more", "v\nmore" },
        { "[S]\nk=v\n [T]", "v\n[T]" },
        { "[S]\n  k=v\n  j=w", "v" },
        { "[S]\n  k=v\n   more", "v\nmore" },
        { "  [S]\nk=v", "v" },
        { "[S] trailing\nk=v", "v" },
        { "[S]\r\nk=v\r\n", "v" },
        { "[S]\rk=v\r", "v" },
        { "[S]\nk=\u00a0v\u00a0", "v" },
        { "[S]\nk=ü", "ü" },
        { "[S]\nk=p%%w", "p%w" },
        { "[S]\nk=%%(j)s\nj=w", "%(j)s" },
        { "[S]\nk=<%(j)s>\nj=w", "<w>" },
        { "[S]\nk=%(J)s\nj=w", "w" },
        { "[S]\nk=%(j)s%(j)s\nj=%(i)s%%\ni=w", "w%w%" },
        { "[DEFAULT]\nk=v\n[S]", "v" },
        { "[DEFAULT]\nk=v\n[S]\nk=w", "w" },
        { "[S]\n[DEFAULT]\nk=v", "v" },
        { "[DEFAULT]\nk=%(j)s\nj=v\n[S]\nj=w", "w" },
        { "[DEFAULT]\nj=v\n[S]\nk=%(j)s\n[DEFAULT]\ni=x", "v" },
    };

    /// <summary>A file that is refused, the line that is named, and what is said.</summary>
    public static readonly TheoryData<string, int, string> Refused = new()
    {
        { "k=v", 1, "above the first [section]" },
        { "\n# x\nk=v\n[S]", 3, "above the first [section]" },
        { "[S]\nk", 2, "neither [section], nor key = value" },
        { "[S]\n[T\nk=v", 2, "neither [section], nor key = value" },
        { "[S]\n[]\nk=v", 2, "neither [section], nor key = value" },
        { "[S]\n= v", 2, "no key before" },
        { "[S]\nk=v\nK=w", 3, "stands in line 2 of the same section already" },
        { "[DEFAULT]\nk=v\n[DEFAULT]\nk=w", 4, "stands in line 2 of the same section already" },
        { "[S]\nk=v\n[T]\n[S]", 4, "stands in line 1 already" },
        { "\uFEFF[S]\nk=v", 1, "byte order mark" },
        { "[S]\nk=100%", 2, "must be doubled, %%" },
        { "[S]\nk=% (j)s\nj=w", 2, "must be doubled, %%" },
        { "[S]\nk=%(j)d\nj=w", 2, "must be doubled, %%" },
        { "[S]\nk=%()s", 2, "must be doubled, %%" },
        { "[S]\nk=%(j", 2, "must be doubled, %%" },
        { "[S]\nj=%\nk=%(j)s", 2, "must be doubled, %%" },
        { "[S]\nk=%(geheim)s", 2, "neither in this section nor in [DEFAULT]" },
        { "[T]\nj=w\n[S]\nk=%(j)s", 4, "neither in this section nor in [DEFAULT]" },
        { "[S]\nk=%(k)s", 2, "perhaps in a circle" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_what_Python_makes_of_it(string content, string value) => ValueOf(content).ShouldBe(value);

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_Python_refuses_is_refused_with_its_line(string content, int line, string message)
    {
        var refusal = Should.Throw<LegacyIniException>(() => ValueOf(content));
        refusal.Line.ShouldBe(line);
        refusal.Message.ShouldContain(message);
        refusal.Message.ShouldNotContain("geheim");
    }

    [Theory]
    [InlineData("[s]\nk=v")]
    [InlineData("[ S ]\nk=v")]
    [InlineData("[DEFAULT]\nk=v")]
    [InlineData("[S]\n#k=v")]
    public void A_key_that_Python_does_not_find_is_not_there(string content) => LegacyIni.Parse(content).Find("S", "k").ShouldBeNull();

    [Theory]
    [InlineData("[S]\r\nk=v\r\n", "\xE4", 3, 11)]
    [InlineData("", "\xFF\xFE[\0S\0]\0", 1, 1)]
    [InlineData("[S]\nk=ü", "\xC3", 2, 9)]
    [InlineData("[S]\rk=\xFC", "\xED\xA0\x80", 2, 9)]
    public void A_byte_that_is_no_UTF8_is_named_with_its_line(string before, string bytes, int line, int position)
    {
        var refusal = Should.Throw<LegacyIniException>(
            () => LegacyCfgFile.Decode([.. Encoding.UTF8.GetBytes(before), .. Encoding.Latin1.GetBytes(bytes)]));
        refusal.Line.ShouldBe(line);
        refusal.Message.ShouldBe($"byte {position} of the file is no UTF-8. Save it as UTF-8.");
    }

    [Fact]
    public void A_value_may_lead_to_another_ten_times()
    {
        static string Chain(int length) =>
            $"[S]\nk=%(k1)s\n{string.Concat(Enumerable.Range(1, length - 1).Select(i => $"k{i}=%(k{i + 1})s\n"))}k{length}=";
        ValueOf(Chain(10) + "v").ShouldBe("v");
        Should.Throw<LegacyIniException>(() => ValueOf(Chain(10) + "%%")).Message.ShouldContain("more than ten");
        Should.Throw<LegacyIniException>(() => ValueOf(Chain(11) + "v")).Message.ShouldContain("more than ten");
    }

    [Theory]
    [InlineData("v")]
    [InlineData("")]
    public void References_that_multiply_are_refused_before_they_fill_the_memory(string last)
    {
        var keys = Enumerable.Range(1, 8).Select(i => $"k{i}={string.Concat(Enumerable.Repeat($"%(k{i + 1})s", 8))}\n");
        var content = $"[S]\nk=%(k1)s\n{string.Concat(keys)}k9={last}\n";
        Should.Throw<LegacyIniException>(() => ValueOf(content)).Message.ShouldContain("too many others");
    }

    private static string? ValueOf(string content)
    {
        var ini = LegacyIni.Parse(content);
        return ini.Find("S", "k") is { } entry ? ini.Interpolate("S", entry, new HashSet<LegacyIniEntry>()) : null;
    }
}
