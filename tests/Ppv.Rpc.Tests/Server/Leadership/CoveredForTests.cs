using System.Text;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>
/// For how long a leader's record is whole, and how that passes on: through restarts, in good order, and not after a death.
/// </summary>
public sealed class CoveredForTests
{
    private static DateTimeOffset Start => DateTimeOffset.UnixEpoch.AddYears(56);

    [Theory]
    [InlineData(50, 100, 150)]
    [InlineData(50, 0, 50)]
    [InlineData(0, 100, 100)]
    [InlineData(50, null, 0)] // A record that does not say.
    public async Task A_server_that_goes_on_after_a_restart_covers_what_it_covered(int age, int? coveredFor, int expected)
    {
        await using var server = new AloneServer();
        server.FindNote("me", LeaderRecordState.Active, since: Start.AddSeconds(-age), coveredFor: Seconds(coveredFor), age: Seconds(age));
        await server.StartAsync();
        await server.ServesAsync();
        server.Handover.Told.Single().ShouldStartWith("continue");
        await LeavesAsync(server, expected);
    }

    [Theory]
    [InlineData(100, 200, 100)] // What came in is whole for so long,
    [InlineData(200, 100, 100)] // and its owner had a gap before.
    [InlineData(null, 100, 0)] // It did not come in whole.
    [InlineData(100, null, 0)] // Its owner does not say.
    public async Task Who_is_handed_a_record_covers_what_it_covered_if_it_came_in_whole(int? imported, int? coveredFor, int expected)
    {
        await using var server = new AloneServer();
        server.Handover.ImportedFor = Seconds(imported);
        // What the clocks of the one before show says nothing here.
        server.FindNote("another", LeaderRecordState.Left, "what it knew", since: Start.AddYears(-30), coveredFor: Seconds(coveredFor),
            age: Seconds(1_000_000));
        await server.StartAsync();
        await server.ServesAsync();
        server.Handover.Told.Single().ShouldBe("import what it knew");
        server.Note!.Since!.Value.ShouldBeInRange(Start, server.Clock.GetUtcNow());
        await LeavesAsync(server, expected);
    }

    [Theory]
    [InlineData(LeaderRecordState.Active, "what it knew")]
    [InlineData(LeaderRecordState.Left, null)] // It can't be read.
    internal async Task After_a_death_a_record_begins_anew(LeaderRecordState state, string? remembered)
    {
        await using var server = new AloneServer();
        server.Handover.ImportedFor = Seconds(100);
        server.FindNote("another", state, remembered, since: Start.AddSeconds(-300), coveredFor: Seconds(300));
        await server.StartAsync();
        await server.ServesAsync();
        server.Handover.Told.Last().ShouldBe("start over");
        await LeavesAsync(server, 0);
    }

    [Fact]
    public async Task It_goes_on_over_a_lost_connection_unless_another_one_has_led_meanwhile()
    {
        await using var server = new AloneServer(connections: 3);
        server.FindNote("me", LeaderRecordState.Active, since: Start.AddSeconds(-50), coveredFor: Seconds(100));
        await server.StartAsync();
        await server.ServesAsync();
        server.First.Lose();
        await server.PassUntilAsync(() => server.Second.Deliveries is not null, "the next connection");
        await server.ServesAsync();
        ShouldCover(server, 100);

        server.FindNote("another", LeaderRecordState.Active, since: Start.AddSeconds(-1), coveredFor: Seconds(1_000));
        server.Second.Lose();
        await server.PassUntilAsync(() => server.Note is { Identity: "me" }, "the third connection");
        server.Note!.CoveredFor!.Value.ShouldBeLessThan(Passed(server));
    }

    /// <summary>Each clock says too much at times: the one of the day when it was set, the monotonic one on another machine.</summary>
    [Theory]
    [InlineData(50, 1_000, 1_050, 50)]
    [InlineData(50 * 366 * 86_400, 1_000, 1_050, 50)] // The clock showed 1970 then.
    [InlineData(-3_600, 1_000, 1_050, 0)] // It was set back since.
    [InlineData(5_000, 1_000, 90, 90)] // The machine was started anew.
    [InlineData(50, 1_000, 90, 50)]
    [InlineData(50, 1_000, 90_000, 50)] // It is another machine.
    public void A_record_is_as_old_as_both_clocks_say_at_least(long secondsByDate, int uptimeThen, int uptime, int expected)
    {
        var clock = new SteppedClock(Start);
        var record = new LeaderRecord
        {
            Identity = "me", State = LeaderRecordState.Active, WrittenAt = Start.AddSeconds(-secondsByDate), Uptime = Seconds(uptimeThen),
        };
        record.AgeAtLeast(new ClockReading(Start, uptime * clock.TimestampFrequency), clock).ShouldBe(Seconds(expected));
        (record with { Uptime = null }).AgeAtLeast(ClockReading.Now(clock), clock).ShouldBe(TimeSpan.Zero);
        (record with { WrittenAt = null }).AgeAtLeast(ClockReading.Now(clock), clock).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_record_comes_as_it_went_and_an_old_one_has_no_such_fields()
    {
        var record = new LeaderRecord
        {
            Identity = "me", State = LeaderRecordState.Active, Since = Start, CoveredFor = Seconds(100), WrittenAt = Start,
            Uptime = Seconds(7),
        };
        LeaderRecord.Read(record.ToBytes()).ShouldBe(record);
        Encoding.UTF8.GetString(record.ToBytes()).ShouldContain("\"coveredFor\"");
        var old = LeaderRecord.Read("""{"version":1,"identity":"me","state":"Active","since":"2026-01-01T00:00:00+00:00"}"""u8.ToArray());
        (old.Identity, old.CoveredFor, old.WrittenAt).ShouldBe(("me", null, null));
        LeaderRecord.Read("""{"version":1,"identity":"me","state":"Active","coveredFor":"long"}"""u8.ToArray()).Identity.ShouldBe("");
    }

    [Theory]
    [InlineData("\"identity\":null,\"state\":\"Left\"")]
    [InlineData("\"identity\":\"me\",\"state\":77")]
    [InlineData("\"identity\":\"me\",\"state\":\"Active\",\"coveredFor\":\"10675199.02:48:05.4775807\"")]
    [InlineData("\"identity\":\"me\",\"state\":\"Active\",\"waits\":\"-10675199.02:48:05.4775808\"")]
    public void A_record_that_can_not_be_is_that_of_a_server_that_was_active(string fields)
    {
        var read = LeaderRecord.Read(Encoding.UTF8.GetBytes($$"""{"version":1,{{fields}}}"""));
        (read.Identity, read.State, read.CoveredFor, read.Waits).ShouldBe(("", LeaderRecordState.Active, null, null));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan? Seconds(int? seconds) => seconds is { } number ? TimeSpan.FromSeconds(number) : null;

    private static TimeSpan Passed(AloneServer server) => server.Clock.GetUtcNow() - Start;

    private static async Task LeavesAsync(AloneServer server, int expected)
    {
        var stopping = server.Server.StopAsync();
        await server.PassUntilAsync(() => stopping.IsCompleted, "the end");
        server.Note!.State.ShouldBe(LeaderRecordState.Left);
        ShouldCover(server, expected);
    }

    /// <summary>So much and what has passed since the start, or a little less.</summary>
    private static void ShouldCover(AloneServer server, int expected) =>
        server.Note!.CoveredFor!.Value.ShouldBeInRange(Seconds(expected), Seconds(expected) + Passed(server));
}
