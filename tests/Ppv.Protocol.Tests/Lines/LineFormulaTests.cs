using System.Globalization;
using System.Numerics;
using CsCheck;
using Ppv.Protocol.Tests.Support;

namespace Ppv.Protocol.Tests.Lines;

public sealed class LineFormulaTests
{
    [Theory]
    [InlineData("0127032d64a94732", "020")]
    [InlineData("0128031c21578752", "008")]
    [InlineData("012703395c597610", "016")]
    public void The_logged_calls_are_on_the_lines_that_the_logs_show(string connectionId, string line) =>
        LineFormula.LineOf(ConnectionId.Parse(connectionId), LineRange.FromPortNumbers(1, 30)).ToString().ShouldBe(line);

    [Fact]
    public void It_is_the_old_formula_for_any_id_and_any_range() =>
        Gen.Select(Generators.ConnectionIds, Gen.Int[1, 999], Gen.Int[1, 999]).Sample((id, one, other) =>
        {
            var range = new LineRange(Math.Min(one, other), Math.Max(one, other));
            var number = BigInteger.Parse("0" + id, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var expected = (int)(number % range.Count) + range.First.Value;
            LineFormula.LineOf(ConnectionId.Parse(id), range).Value.ShouldBe(expected);
        });

    [Fact]
    public void The_old_configuration_means_29_lines()
    {
        var range = LineRange.FromPortNumbers(1, 30);
        range.ToString().ShouldBe("001-029");
        range.Count.ShouldBe(29);
        range.Contains(new LineNumber(29)).ShouldBeTrue();
        range.Contains(new LineNumber(30)).ShouldBeFalse();
        range.Lines().Select(line => line.Value).ShouldBe(Enumerable.Range(1, 29));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 4)]
    [InlineData(1, 1000)]
    public void A_range_outside_of_Wizards_lines_is_refused(int first, int last) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new LineRange(first, last));
}
