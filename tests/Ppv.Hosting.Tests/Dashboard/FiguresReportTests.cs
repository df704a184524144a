using System.Text.Json;
using CsCheck;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>What a program tells of its hops, and what another one makes of it.</summary>
public class FiguresReportTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void What_is_told_of_the_last_minute_arrives_as_it_was_counted_however_often_it_is_told() =>
        Gen.Int[0, 300_000].Array[0, 60].Sample(milliseconds =>
        {
            var (clock, sum) = (new TestClock(), new Tally());
            var (figures, far) = (new OrderFigures(clock), new FarFigures(clock));
            foreach (var duration in milliseconds)
            {
                figures.AnsweredByWorker("OK", RpcOutcome.Completed, TimeSpan.FromMilliseconds(duration));
                if (duration % 3 == 0) figures.Worker.Record(TimeSpan.FromMilliseconds(duration), isError: true);
                if (duration % 5 == 0) clock.Advance(TimeSpan.FromSeconds(1));
                if (duration % 2 == 0) far.Take(FiguresReport.Read(FiguresReport.Write(figures, clock.GetUtcNow()))!);
            }

            far.Take(FiguresReport.Read(FiguresReport.Write(figures, clock.GetUtcNow()))!);
            var (told, counted) = (new Tally(), new Tally());
            var now = HopFigures.StepOf(clock.GetUtcNow());
            for (var step = now - HopFigures.StepsOfMinute + 1; step <= now; step++)
            {
                foreach (var hop in far.Of("worker")) hop.AddTo(told, step);
                figures.Worker.AddTo(counted, step);
            }

            (told.Count, told.Errors, told.Percentile(0.5)).ShouldBe((counted.Count, counted.Errors, counted.Percentile(0.5)));
        }, iter: 200);

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("""{"from":"x","stepSeconds":5,"hops":{}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":7,"hops":{}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":null}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":null}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[null]}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[[1]]}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[[1,0,3]]}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[[1,-1]]}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[[-1,0]]}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[[1,0,100000,1]]}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[[1,0,-1,1]]}}""")]
    [InlineData("""{"from":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","stepSeconds":5,"hops":{"worker":[[1,0,1,-1]]}}""")]
    public void What_is_no_report_is_ignored(string json)
    {
        using var document = JsonDocument.Parse(json);
        FiguresReport.Read(document.RootElement).ShouldBeNull();
    }

    [Fact]
    public void However_many_orders_there_were_a_report_is_short()
    {
        var figures = new OrderFigures(_clock);
        for (var step = 0; step < HopFigures.StepsOfMinute; step++)
        {
            for (var bucket = 0; bucket < Buckets.Count; bucket++)
            {
                var duration = TimeSpan.FromMilliseconds(Buckets.Middle(bucket));
                foreach (var (_, hop) in figures.ByName) hop.Record(duration, isError: false);
            }

            _clock.Advance(TimeSpan.FromSeconds(HopFigures.StepSeconds));
        }

        FiguresReport.Write(figures, _clock.GetUtcNow()).GetRawText().Length.ShouldBeLessThan(32 * 1024);
    }

    [Fact]
    public void Of_strangers_without_end_only_so_many_are_kept()
    {
        var far = new FarFigures(_clock);
        for (var program = 0; program < 200; program++)
        {
            var figures = new OrderFigures(_clock);
            figures.Worker.Record(TimeSpan.FromMilliseconds(1), isError: false);
            far.Take(FiguresReport.Read(FiguresReport.Write(figures, _clock.GetUtcNow()))!);
        }

        far.Of("worker").Count.ShouldBe(50);
        far.LeftOut.ShouldBe("More than 50 programs tell figures of theirs; those of the others are left out.");
        _clock.Advance(TimeSpan.FromHours(1));
        far.LeftOut.ShouldBeNull();
    }
}
