using Ppv.Rpc.Presence;

namespace Ppv.Rpc.Tests;

public sealed class PresenceLinesTests
{
    [Theory]
    [InlineData("Leased", "leader:Leased")]
    [InlineData("Leased", "taking over:Leased", "standby:Leased", "standby:Modulo")]
    [InlineData("Modulo", "shared:Modulo", "shared:Modulo")]
    [InlineData("Modulo", "leader:Leased", "shared:Modulo")]
    [InlineData("Unknown", "leader:Leased", "shared:Something")]
    [InlineData("Unknown", "standby:Leased", "paused:Leased")]
    [InlineData("Unknown")]
    public void What_the_workers_that_take_orders_say_counts(string allocation, params string[] workers)
    {
        var reports = workers.Select(worker => Report("q", worker.Split(':')[0], worker.Split(':')[1])).ToList();
        var lines = PresenceLines.Of(reports, ["q"]);
        lines.Allocation.ShouldBe(allocation);
        (lines.Reason is null).ShouldBe(allocation != "Unknown");
        (lines.FirstLine, lines.LastLine).ShouldBe(allocation == "Unknown" ? (null, null) : (1, 29));
    }

    [Fact]
    public void Of_several_queues_the_least_certain_counts()
    {
        PresenceReport[] reports = [Report("a", "leader", "Leased"), Report("b", "shared", "Modulo")];
        PresenceLines.Of(reports, ["a"]).Allocation.ShouldBe("Leased");
        PresenceLines.Of(reports, ["a", "b"]).Allocation.ShouldBe("Modulo");
        PresenceLines.Of(reports, ["a", "b", "c"]).Allocation.ShouldBe("Unknown");
    }

    private static PresenceReport Report(string queue, string place, string allocation) => new()
    {
        Instance = Guid.NewGuid(),
        Role = "worker",
        Queues = [queue],
        Place = place,
        Worker = new WorkerDetails { FirstLine = 1, LastLine = 29, Allocation = allocation },
    };
}
