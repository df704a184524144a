using Ppv.Protocol.Text;

namespace Ppv.Protocol.Tests.Text;

public class PlainTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("order 1, 'so' & <so>")]
    [InlineData("Grüße, 完, 😀, é")]
    public void What_can_be_shown_stays_the_very_text(string text)
    {
        PlainText.Of(text).ShouldBeSameAs(text);
        PlainText.IsPlain(text).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a\r\nb", "a b")]
    [InlineData("a\nb\rc\u0085d\u2028e\u2029f", "a b c d e f")]
    [InlineData("\u001b[31mred\u0007", "?[31mred?")]
    [InlineData("a\tb\0", "a?b?")]
    [InlineData("\u009b31m", "?31m")]
    [InlineData("x\u202egnp.exe", "x?gnp.exe")]
    [InlineData("\u200bzero\ufeffwidth\u2066", "?zero?width?")]
    [InlineData("😀 and \U000e0041 tag", "😀 and ? tag")]
    public void What_can_not_be_is_a_space_or_a_question_mark(string text, string shown)
    {
        PlainText.IsPlain(text).ShouldBeFalse();
        PlainText.Of(text).ShouldBe(shown);
    }

    [Fact]
    public void Half_a_pair_is_no_character()
    {
        PlainText.Of("a" + '\ud83d').ShouldBe("a?");
        PlainText.Of('\ude00' + "b").ShouldBe("?b");
        PlainText.Of("😀", 1).ShouldBe("?...");
    }

    [Fact]
    public void It_is_no_longer_than_it_may_be() => PlainText.Of(new string('x', 50), 10).ShouldBe("xxxxxxxxxx...");

    [Fact]
    public void Json_says_the_same_with_its_format_characters_escaped()
    {
        const string json = """{"a": "Grüße \u202e"}""";
        PlainText.OfJson("{\r\n  \"a\": \"Grüße \u202e\U000e0041\"\n}").ShouldBe("{\r\n  \"a\": \"Grüße \\u202E\\uDB40\\uDC41\"\n}");
        PlainText.OfJson(json).ShouldBe(json);
    }

    [Fact]
    public void Nothing_that_is_made_of_anything_can_not_be_shown()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(0x10000))]);
            var shown = PlainText.Of(text);
            PlainText.IsPlain(shown).ShouldBeTrue();
            shown.Length.ShouldBeLessThanOrEqualTo(text.Length);
            PlainText.Of(shown).ShouldBeSameAs(shown);
        }
    }
}
