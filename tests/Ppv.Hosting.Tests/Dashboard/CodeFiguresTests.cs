namespace Ppv.Hosting.Tests;

/// <summary>How often each code was answered, over three windows of time.</summary>
public class CodeFiguresTests
{
    private readonly TestClock _clock = new();
    private readonly CodeFigures _codes;

    public CodeFiguresTests() => _codes = new CodeFigures(_clock);

    [Fact]
    public void A_code_leaves_the_windows_one_after_the_other()
    {
        Say("OK", 3);
        Say("ER444", 1);
        Totals().ShouldBe(["5 min: 4", "1 h: 4", "24 h: 4"]);
        _codes.Read()[0].Counts.Select(code => $"{code.Code} {code.Count}").ShouldBe(["OK 3", "ER444 1"]);

        _clock.Advance(TimeSpan.FromMinutes(6));
        Totals().ShouldBe(["5 min: 0", "1 h: 4", "24 h: 4"]);
        _clock.Advance(TimeSpan.FromMinutes(60));
        Totals().ShouldBe(["5 min: 0", "1 h: 0", "24 h: 4"]);
        _clock.Advance(TimeSpan.FromHours(24));
        Totals().ShouldBe(["5 min: 0", "1 h: 0", "24 h: 0"]);
    }

    [Fact]
    public void What_is_told_apart_is_bounded_and_nothing_of_the_rest_is_lost()
    {
        for (var code = 0; code < 200; code++) Say($"ER{code:000}", 1);
        Say("<script>", 1);

        var counts = _codes.Read()[0].Counts;
        counts.Count.ShouldBeInRange(50, 52);
        counts[0].ShouldBe(new BoardCode("_OTHER", 201 - (counts.Count - 1)));
        _codes.Read()[0].Total.ShouldBe(201);
    }

    private void Say(string code, int times)
    {
        for (var time = 0; time < times; time++) _codes.Record(code);
    }

    private IEnumerable<string> Totals() => _codes.Read().Select(window => $"{window.Window}: {window.Total}");
}
