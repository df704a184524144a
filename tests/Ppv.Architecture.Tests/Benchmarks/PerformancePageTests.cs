using Ppv.Benchmarks.Report;
using Ppv.TestKit;

namespace Ppv.Architecture.Tests.Benchmarks;

/// <summary>What is measured goes into the document, and what is written there by hand stays.</summary>
public sealed class PerformancePageTests
{
    private static readonly ScenarioFigures[] Scenarios =
    [
        new("cost", [new("bytes", 4000, "B", AtMost: 3072, Detail: "3990 to 4010"), new("calls", 17, "calls/s")]),
        new("board", [new("ratio", 0.97, "x", AtLeast: 0.95)]),
    ];

    [Fact]
    public void The_measured_part_is_replaced_again_and_again_and_nothing_else()
    {
        var page = $"before\n\n{PerformancePage.Begin}\nold\n{PerformancePage.End}\n\nafter\n";

        var once = PerformancePage.Replace(page, "new\n");

        once.ShouldBe($"before\n\n{PerformancePage.Begin}\n\nnew\n\n{PerformancePage.End}\n\nafter\n");
        PerformancePage.Replace(once, "new\n").ShouldBe(once);
    }

    [Theory]
    [InlineData("no marks")]
    [InlineData(PerformancePage.End + PerformancePage.Begin)]
    public void A_page_without_a_place_for_it_is_not_written(string page) =>
        Should.Throw<InvalidDataException>(() => PerformancePage.Replace(page, "new"));

    [Fact]
    public void The_document_has_the_place() =>
        PerformancePage.Replace(File.ReadAllText(RepositoryPaths.PathTo("docs/performance.md")), "new").ShouldContain("\n\nnew\n\n");

    [Fact]
    public void What_has_a_bound_is_in_the_table_with_whether_it_is_met() => PerformancePage.Table(Scenarios).ShouldBe("""
        | what | figure | to reach | met |
        |---|---|---|---|
        | bytes | **4,000 B** 3990 to 4010 | <= 3,072 B | **no** |
        | ratio | **0.97 x**  | >= 0.95 x | yes |
        """);

    [Fact]
    public void The_rest_stands_with_its_scenario_or_in_what_that_brings_along()
    {
        var plain = PerformancePage.Measured(Scenarios, new Dictionary<string, string>(), "a machine", new DateOnly(2026, 1, 2));
        plain.ShouldContain("on 2026-01-02: a machine.");
        plain.ShouldContain("## What a call allocates\n\nAgain: `./bench.sh --only cost`\n");
        plain.ShouldContain("| calls | 17.0 calls/s |  |");
        plain.ShouldNotContain("The line board"); // It is in the table already.

        var detailed = PerformancePage.Measured(
            Scenarios, new Dictionary<string, string> { ["board"] = "| its table |" }, "a machine", new DateOnly(2026, 1, 2));
        detailed.ShouldContain("## The line board\n\nAgain: `./bench.sh --only board`\n\n| its table |\n");
    }
}
