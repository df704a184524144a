using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Protocol.Tests.Wizard;

public class LineDigitsTests
{
    [Fact]
    public void Every_line_is_read_as_it_was_written()
    {
        var digits = new byte[3];
        foreach (var line in new LineRange(LineNumber.Min, LineNumber.Max).Lines())
        {
            LineDigits.Write(digits, line);
            (LineDigits.TryRead(digits, out var read), read).ShouldBe((true, line));
        }
    }

    [Theory]
    [InlineData("000")] // Lines begin at 001.
    [InlineData("0a1")]
    [InlineData("-01")]
    [InlineData("1 2")]
    public void What_is_no_line_is_not_read(string text) => LineDigits.TryRead(text.Select(c => (byte)c).ToArray(), out _).ShouldBeFalse();
}
