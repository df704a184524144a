using Ppv.Protocol;
using Ppv.Samples.Cli.Bench;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Cli.Tests;

public sealed class ThresholdTests
{
    /// <summary>Four calls in 2 s: 10, 20, 30 and 1000 ms; the last one failed.</summary>
    [Theory]
    [InlineData("p50>20.1ms", false)]
    [InlineData("p50>=20ms", true)]
    [InlineData("p99>999ms", true)]
    [InlineData("p99.9>1.01s", false)]
    [InlineData("p75>100ms", false)]
    [InlineData("max>1001ms", false)]
    [InlineData("max>900000us", true)]
    [InlineData("min<10ms", false)]
    [InlineData("min<=10ms", true)]
    [InlineData("mean>260ms", true)]
    [InlineData("mean>270ms", false)]
    [InlineData("errors>25%", false)]
    [InlineData("errors>=25%", true)]
    [InlineData("errors>24.9%", true)]
    [InlineData("errors>0", true)]
    [InlineData("errors>1", false)]
    [InlineData("rate<2", false)]
    [InlineData("rate<2.1/s", true)]
    [InlineData(" rate <= 120/m ", true)]
    public void A_condition_holds_or_does_not(string text, bool isFailed)
    {
        Threshold.TryParse(text, out var threshold, out var problem).ShouldBeTrue(problem);
        threshold!.Judge(FourCalls()).IsFailed.ShouldBe(isFailed);
    }

    [Theory]
    [InlineData("p99>500", "a latency takes a unit")]
    [InlineData("p99>500kg", "a latency takes a unit")]
    [InlineData("max<5/s", "a latency takes a unit")]
    [InlineData("p100>5ms", "there is no 'p100'")]
    [InlineData("p0>5ms", "there is no 'p0'")]
    [InlineData("p9x>5ms", "there is no 'p9x'")]
    [InlineData("latency>5ms", "there is no 'latency'")]
    [InlineData("errors>1ms", "errors take 0% to 100%")]
    [InlineData("errors>101%", "errors take 0% to 100%")]
    [InlineData("rate<1%", "a rate is a number")]
    [InlineData("p99", "is not one")]
    [InlineData("p99=5ms", "is not one")]
    [InlineData("p99>-5ms", "is not one")]
    [InlineData("", "is not one")]
    public void What_is_no_condition_is_told(string text, string told)
    {
        Threshold.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem.ShouldContain(told);
        problem.ShouldStartWith("--fail-if ");
    }

    [Theory]
    [InlineData("p99>500ms")]
    [InlineData("errors>1%")]
    [InlineData("rate>100")]
    public void Where_nothing_was_measured_it_has_failed(string text)
    {
        Threshold.TryParse(text, out var threshold, out _).ShouldBeTrue();
        var recorder = new BenchRecorder(new TestClock(), isOpen: true);
        var judged = threshold!.Judge(recorder.Result(Plan(), isInterrupted: false));
        (judged.IsFailed, judged.Value, judged.Shown).ShouldBe((true, null, "nothing was measured"));
    }

    private static BenchPlan Plan() => new() { Duration = TimeSpan.FromSeconds(2), Steps = [PpvCommandKind.Event] };

    private static BenchResult FourCalls()
    {
        var clock = new TestClock();
        var recorder = new BenchRecorder(clock, isOpen: false);
        foreach (var milliseconds in new[] { 10, 20, 30, 1000 })
        {
            var start = recorder.Elapsed;
            recorder.Begin(start);
            clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            recorder.Order(
                PpvCommandKind.Event, recorder.Elapsed - start, new RouteAnswer { ResponseTime = clock.GetUtcNow(), Code = "OK" });
            recorder.End(start, start, isOk: milliseconds < 1000);
        }

        clock.Advance(TimeSpan.FromMilliseconds(940));
        return recorder.Result(Plan(), isInterrupted: false);
    }
}
