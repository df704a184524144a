using Ppv.Rpc.Messages;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Since when a server has a record of all that was asked for on its queue, and what it says of an id with a past.</summary>
public sealed class CoverageTests
{
    private static readonly DateTimeOffset Forever = DateTimeOffset.MinValue;

    [Theory]
    [InlineData(QueueKind.DurableClassic, 35, false)] // It may be from before: the queue keeps it for 30 s, and clocks differ.
    [InlineData(QueueKind.DurableClassic, 36.1, true)]
    [InlineData(QueueKind.Quorum, 36.1, true)]
    [InlineData(QueueKind.Passive, 36.1, false)] // Nobody knows how long that queue keeps it.
    [InlineData(QueueKind.Passive, 3605, false)]
    [InlineData(QueueKind.Passive, 3606.1, true)]
    public async Task A_new_request_that_the_broker_delivers_again_is_covered_when_it_can_only_be_from_within_the_record(
        QueueKind kind, double seconds, bool isCovered)
    {
        await using var server = await LeadsSinceAsync(seconds, kind);
        (await BegunAsync(server, IdHistory.New, redelivered: true, IsCovered)).ShouldBe((true, isCovered));
    }

    [Theory]
    [InlineData(600)] // That its sender says that it is a repeat bounds nothing.
    [InlineData(660)]
    [InlineData(86400)]
    public async Task An_undated_repeat_is_covered_only_by_a_record_that_has_forgotten_nothing_since_it_began(double seconds)
    {
        await using var server = await LeadsSinceAsync(seconds);
        (await BegunAsync(server, IdHistory.Repeat, redelivered: false, IsCovered)).ShouldBe((true, false));
        var started = server.Clock.GetUtcNow().AddSeconds(-seconds);
        (await BegunAsync(server, IdHistory.Repeat, redelivered: true, call => IsNew(call, started.AddSeconds(2))))
            .ShouldBe((true, true));
        (await BegunAsync(server, IdHistory.Repeat, redelivered: true, call => IsNew(call, started.AddSeconds(0.5))))
            .ShouldBe((true, false));
    }

    [Theory]
    [InlineData(0, 100, 98.9, true)]
    [InlineData(0, 100, 99.1, false)] // The clocks of those who date ids may be apart by a second,
    [InlineData(3, 100, 98.9, false)] // and by as much as the option says.
    [InlineData(3, 100, 95.9, true)]
    public async Task An_id_with_a_date_is_covered_from_a_moment_on_that_no_clock_makes_earlier(
        double skew, double leads, double isOld, bool isCovered)
    {
        await using var server = await LeadsSinceAsync(leads, configure: rpc => rpc.ClockSkew = TimeSpan.FromSeconds(skew));
        var made = server.Clock.GetUtcNow().AddSeconds(-isOld);
        (await BegunAsync(server, IdHistory.PossibleSince(made), redelivered: false, IsCovered)).ShouldBe((false, isCovered));
        (await BegunAsync(server, IdHistory.RepeatSince(made), redelivered: false, IsCovered)).ShouldBe((true, isCovered));
        (await BegunAsync(server, IdHistory.PossibleSince(made), redelivered: true, IsCovered)).ShouldBe((true, isCovered));
    }

    [Fact]
    public async Task A_server_that_shares_the_queue_covers_what_nobody_calls_a_repeat_since_it_started_and_never_a_repeat()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.SingleActiveConsumer = false);
        var started = server.Clock.GetUtcNow();
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        server.Clock.Advance(TimeSpan.FromSeconds(4));
        foreach (var (after, isCovered) in new[] { (1.1, true), (0.9, false) })
        {
            var made = started.AddSeconds(after);
            (await BegunAsync(server, IdHistory.PossibleSince(made), redelivered: false, IsCovered)).ShouldBe((false, isCovered));
            (await BegunAsync(server, IdHistory.RepeatSince(made), redelivered: false, IsCovered)).ShouldBe((true, false));
            (await BegunAsync(server, IdHistory.PossibleSince(made), redelivered: true, IsCovered)).ShouldBe((true, false));
            (await BegunAsync(server, IdHistory.New, redelivered: true, IsCovered)).ShouldBe((true, false));
        }

        (await BegunAsync(server, IdHistory.New, redelivered: false, call => call.IsCoverageProven)).ShouldBe((false, false));
    }

    [Fact]
    public async Task A_leader_says_that_its_record_is_proven_whatever_the_id_is()
    {
        await using var server = await LeadsSinceAsync(10);
        (await BegunAsync(server, IdHistory.New, redelivered: false, call => call.IsCoverageProven)).ShouldBe((false, true));
        (await BegunAsync(server, IdHistory.Repeat, redelivered: false, call => call.IsCoverageProven)).ShouldBe((true, true));
    }

    [Fact]
    public async Task A_leader_without_records_covers_nothing_from_the_time_in_which_it_stood_by()
    {
        await using var server = new AloneServer(withoutHandover: true);
        var isFree = false;
        server.First.Consuming = _ => isFree;
        await server.StartAsync();
        await server.IsAsync("standing by");
        var asked = server.Clock.GetUtcNow().AddMinutes(1);
        for (var minute = 0; minute < 2; minute++) await PassAsync(server, 60, stepSeconds: 1);
        isFree = true;
        await server.ServesAsync();

        (await BegunAsync(server, IdHistory.PossibleSince(asked), redelivered: false, IsCovered))
            .ShouldBe((false, false), "another one led when it was asked");
        var since = server.Clock.GetUtcNow();
        await PassAsync(server, 3, stepSeconds: 0.25);
        (await BegunAsync(server, IdHistory.PossibleSince(since.AddSeconds(1)), redelivered: false, IsCovered)).ShouldBe((false, true));
        (await BegunAsync(server, IdHistory.RepeatSince(since.AddSeconds(1)), redelivered: false, IsCovered)).ShouldBe((true, false));
    }

    [Fact]
    public async Task A_step_of_the_clock_makes_no_record_longer()
    {
        await using var server = await LeadsSinceAsync(10);
        server.Clock.Step(TimeSpan.FromHours(1));
        await PassAsync(server, 5, stepSeconds: 0.25); // Long enough for probes to prove the place anew.

        (await BegunAsync(server, IdHistory.New, redelivered: true, IsCovered))
            .ShouldBe((true, false), "15 s are known, and the queue keeps an order for 30 s");
        await PassAsync(server, 22, stepSeconds: 0.25);
        (await BegunAsync(server, IdHistory.New, redelivered: true, IsCovered)).ShouldBe((true, true));
    }

    private static bool IsCovered(RpcRequestContext call) => IsNew(call, Forever);

    /// <summary>What a handler that finds no record of the id may tell.</summary>
    private static bool IsNew(RpcRequestContext call, DateTimeOffset forgottenBefore) =>
        NewId.Of(call.History, call.CoveredSince, forgottenBefore) is not null;

    private static async Task<(bool IsRepeat, bool IsCovered)> BegunAsync(
        AloneServer server, IdHistory history, bool redelivered, Func<RpcRequestContext, bool> isCovered)
    {
        var before = server.Begun.Count;
        server.Deliver(server.First, redelivered: redelivered, history: history);
        await Bounds.UntilAsync(() => server.Begun.Count > before, "the order");
        return (server.Begun.Last().History.IsRepeat, isCovered(server.Begun.Last()));
    }

    private static async Task<AloneServer> LeadsSinceAsync(
        double seconds, QueueKind kind = QueueKind.DurableClassic, Action<RpcOptions>? configure = null)
    {
        var server = new AloneServer(configure: (rpc, _) =>
        {
            rpc.QueueKind = kind;
            configure?.Invoke(rpc);
        });
        var age = TimeSpan.FromSeconds(seconds);
        server.FindNote("me", LeaderRecordState.Active, since: server.Clock.GetUtcNow() - age, coveredFor: TimeSpan.Zero, age: age);
        await server.StartAsync();
        if (kind != QueueKind.Quorum) await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        return server;
    }

    private static async Task PassAsync(AloneServer server, int seconds, double stepSeconds)
    {
        for (var passed = 0.0; passed < seconds; passed += stepSeconds)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(stepSeconds));
            await Bounds.LetOthersWorkAsync();
        }
    }
}
