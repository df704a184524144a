using Ppv.Samples.Cli.Check;

namespace Ppv.Cli.Tests;

public sealed class CheckPartsTests
{
    private static readonly Measure Depth = new("depth", MeasureUnit.Count, 100, 1000, "orders that wait");
    private static readonly Measure Consumers = new("consumers", MeasureUnit.Count, 2, 1, "workers", IsLowBad: true);
    private static readonly Measure Took = new("time", MeasureUnit.Seconds, 1, null, "how long it took");
    private static readonly Measure Free = new("free", MeasureUnit.Bytes, 1e9, 1e8, "room", IsLowBad: true);

    [Theory]
    [InlineData("time", "500ms", 0.5)]
    [InlineData("time", "2s", 2.0)]
    [InlineData("time", "1.5m", 90.0)]
    [InlineData("time", "1h", 3600.0)]
    [InlineData("time", "1d", 86400.0)]
    [InlineData("depth", "17", 17.0)]
    [InlineData("free", "1GiB", 1073741824.0)]
    [InlineData("free", "500MB", 500000000.0)]
    [InlineData("depth", "off", null)]
    public void A_threshold_has_the_unit_of_its_measure(string name, string text, double? value)
    {
        Of(name).TryParse(text, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(value);
    }

    [Theory]
    [InlineData("time", "5")]
    [InlineData("time", "5x")]
    [InlineData("time", "s")]
    [InlineData("time", "-1s")]
    [InlineData("depth", "5s")]
    [InlineData("depth", "-1")]
    [InlineData("depth", "1.5")]
    [InlineData("free", "1")]
    public void A_threshold_without_its_unit_is_none(string name, string text) => Of(name).TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("depth", 100, nameof(CheckStatus.Ok))]
    [InlineData("depth", 101, nameof(CheckStatus.Warning))]
    [InlineData("depth", 1000, nameof(CheckStatus.Warning))]
    [InlineData("depth", 1001, nameof(CheckStatus.Critical))]
    [InlineData("consumers", 2, nameof(CheckStatus.Ok))]
    [InlineData("consumers", 1, nameof(CheckStatus.Warning))]
    [InlineData("consumers", 0, nameof(CheckStatus.Critical))]
    [InlineData("time", 99999, nameof(CheckStatus.Warning))]
    public void A_value_at_its_threshold_is_good_and_one_beyond_it_is_not(string name, double value, string status) =>
        Read(name, value).Status.ToString().ShouldBe(status);

    [Fact]
    public void Nagios_gets_one_line_with_the_worst_first_and_ranges_in_its_notation()
    {
        var result = new CheckResult(
            "queue", CheckStatus.Ok, "Queue 'a|b'.", [Read("depth", 150), Read("consumers", 0), Read("time", 0.0125)]);
        CheckPrinter.Nagios(result).ShouldBe("PPV QUEUE CRITICAL - consumers is 0, below 1; depth is 150, above 100. Queue 'a/b'. | "
            + "depth=150;100;1000 consumers=0;2:;1: time=0.0125s;1");
    }

    [Fact]
    public void What_was_found_outweighs_good_values()
    {
        new CheckResult("gateway", CheckStatus.Critical, "It says no.", [Read("time", 0)]).Status.ShouldBe(CheckStatus.Critical);
        CheckPrinter.Nagios(CheckResult.Unknown("gateway", "No address.")).ShouldBe("PPV GATEWAY UNKNOWN - No address.");
    }

    [Fact]
    public void Prometheus_gets_a_gauge_for_the_status_and_one_for_each_measure() =>
        CheckPrinter.Prometheus(new CheckResult("journal", CheckStatus.Ok, "", [Read("free", 2e9), Read("time", 0.5)])).ShouldBe("""
            # HELP ppv_check_status How the check went: 0 ok, 1 warning, 2 critical, 3 unknown.
            # TYPE ppv_check_status gauge
            ppv_check_status{check="journal"} 0
            # HELP ppv_check_journal_free_bytes Room.
            # TYPE ppv_check_journal_free_bytes gauge
            ppv_check_journal_free_bytes{check="journal"} 2000000000
            # HELP ppv_check_journal_time_seconds How long it took.
            # TYPE ppv_check_journal_time_seconds gauge
            ppv_check_journal_time_seconds{check="journal"} 0.5

            """);

    private static Measure Of(string name) => new[] { Depth, Consumers, Took, Free }.Single(measure => measure.Name == name);

    private static Reading Read(string name, double value) => new(Of(name), value, Of(name).Warn, Of(name).Critical);
}
