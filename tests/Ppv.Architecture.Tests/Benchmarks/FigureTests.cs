using Ppv.Benchmarks.Report;

namespace Ppv.Architecture.Tests.Benchmarks;

/// <summary>A figure that misses its bound is not passed over.</summary>
public sealed class FigureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-figures-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1.3, 1.3, null, true)]
    [InlineData(1.29, 1.3, null, false)]
    [InlineData(3072, null, 3072.0, true)]
    [InlineData(3073, null, 3072.0, false)]
    [InlineData(5, 1.0, 4.0, false)]
    [InlineData(5, null, null, true)]
    [InlineData(double.NaN, 1.0, null, false)]
    [InlineData(double.NaN, null, null, false)]
    public void It_is_met_within_its_bounds_and_never_without_a_number(double value, double? least, double? most, bool isMet) =>
        new Figure("what", value, "x", least, most).Met.ShouldBe(isMet);

    [Fact]
    public void What_a_scenario_ends_with_is_read_again_and_is_its_exit_code()
    {
        var file = Path.Combine(_folder.FullName, "new", "one.json");
        Figure[] figures = [new("fast", 1.5, "x", AtLeast: 1.3, Detail: "1.4 to 1.6"), new("failed", double.NaN, "ns")];

        FigureReport.Finish("one", figures, file).ShouldBe(1);
        FigureReport.Finish("one", figures[..1]).ShouldBe(0);

        var read = FigureReport.Read(file);
        read.Scenario.ShouldBe("one");
        read.Figures.ShouldBe(figures);
    }

    [Fact]
    public void The_file_is_taken_out_of_the_arguments()
    {
        var (json, others) = FigureReport.TakeJson(["32", "--json", "file", "9"]);
        (json, string.Join(' ', others)).ShouldBe(("file", "32 9"));
        FigureReport.TakeJson(["32"]).Json.ShouldBeNull();
    }
}
