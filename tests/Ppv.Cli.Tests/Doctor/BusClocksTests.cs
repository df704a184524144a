using Ppv.Rpc.Presence;
using Ppv.Samples.Cli.Doctor;

namespace Ppv.Cli.Tests;

/// <summary>Whose clock is off is said by name, for everybody on the bus.</summary>
public class BusClocksTests
{
    private static readonly DateTimeOffset Asked = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Clocks_that_agree_are_one_line()
    {
        var found = Find(Report("gateway", TimeSpan.FromSeconds(0.5)), Report("worker", TimeSpan.FromSeconds(-1)));

        found.ShouldHaveSingleItem().Level.ShouldBe(DoctorLevel.Ok);
        found[0].Text.ShouldContain("2 programs");
    }

    [Theory]
    [InlineData(-60, "The clock of the gateway on kfs-app is about 60 min behind this machine's.")]
    [InlineData(60, "The clock of the gateway on kfs-app is about 60 min ahead of this machine's.")]
    public void A_clock_that_is_off_is_a_warning_by_name(int minutes, string text)
    {
        var found = Find(Report("gateway", TimeSpan.FromMinutes(minutes)), Report("worker", TimeSpan.Zero)).ShouldHaveSingleItem();

        found.Level.ShouldBe(DoctorLevel.Warning);
        found.Text.ShouldStartWith(text);
    }

    [Fact]
    public void Nobody_is_no_fault() => Find().ShouldHaveSingleItem().Level.ShouldBe(DoctorLevel.Skipped);

    private static List<DoctorFinding> Find(params PresenceReport[] reports) =>
        [.. BusClocks.Of(reports, Asked, Asked + TimeSpan.FromSeconds(1))];

    private static PresenceReport Report(string role, TimeSpan off) =>
        new() { Instance = Guid.NewGuid(), Role = role, Machine = "kfs-app", At = Asked + off };
}
