using Ppv.Benchmarks.Report;
using Ppv.TestKit;

namespace Ppv.Architecture.Tests.Benchmarks;

/// <summary>A call that allocates more than is recorded is told of.</summary>
public sealed class RecordedTests
{
    private static readonly Recorded Before = new(
        new Dictionary<string, double> { ["1"] = 1000, ["32"] = 2000 }, new Dictionary<string, double> { ["32"] = 1.3 });

    [Fact]
    public void Five_percent_more_is_let_pass() => Before.Complaints([Bytes("1", 1050), Bytes("32", 100)]).ShouldBeEmpty();

    [Fact]
    public void More_is_not_and_neither_is_what_was_not_measured()
    {
        var complaints = Before.Complaints([Bytes("1", 1051)]).ToList();

        complaints.Count.ShouldBe(2);
        complaints[0].ShouldStartWith("bytes per call at 1 in flight: 1051; 1000 are recorded.");
        complaints[0].ShouldContain("./bench.sh --only cost --record");
        complaints[1].ShouldStartWith("bytes per call at 32 in flight: NaN;");
    }

    [Fact]
    public void Only_what_was_measured_is_recorded_anew()
    {
        var after = Before.With([Bytes("32", 900), new Figure("something else", 1, "x")]);

        after.BytesPerCall.ShouldBe(new Dictionary<string, double> { ["1"] = 1000, ["32"] = 900 }, ignoreOrder: true);
        after.Ratio.ShouldBe(Before.Ratio);
        Before.With([new Figure(Recorded.RatioFigure("32"), 1.4, "x")]).Ratio["32"].ShouldBe(1.4);
    }

    [Fact]
    public void What_is_recorded_can_be_read() =>
        Recorded.Read(RepositoryPaths.PathTo("tests", "Ppv.Benchmarks", "recorded.json")).BytesPerCall.ShouldNotBeEmpty();

    private static Figure Bytes(string inFlight, double value) => new(Recorded.BytesFigure(inFlight), value, "B");
}
