using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Of which requests a server knows that no other one can have had them before.</summary>
public sealed class OnlyOursTests
{
    [Theory]
    [InlineData(QueueKind.DurableClassic, 34, false, false)] // It may be from before: the queue keeps it for 30 s.
    [InlineData(QueueKind.DurableClassic, 36, false, true)]
    [InlineData(QueueKind.Quorum, 36, false, true)]
    [InlineData(QueueKind.Passive, 36, false, false)] // Nobody knows how long that queue keeps it.
    [InlineData(QueueKind.DurableClassic, 600, true, false)] // Its sender may have tried for up to 10 min.
    [InlineData(QueueKind.DurableClassic, 606, true, true)]
    public async Task That_nobody_else_can_have_had_a_request_is_known_when_it_is_younger_than_the_place(
        QueueKind kind, double seconds, bool marked, bool known)
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = kind);
        server.FindNote("me", LeaderRecordState.Active, since: server.Clock.GetUtcNow().AddSeconds(-seconds));
        await server.StartAsync();
        if (kind != QueueKind.Quorum) await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        server.Deliver(server.First, redelivered: !marked, marked: marked);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");
        (server.Begun.Single().PossibleDuplicate, server.Begun.Single().OnlyOursBefore).ShouldBe((true, known));
    }

    [Fact]
    public async Task A_step_of_the_clock_makes_nobody_believe_that_he_was_alone_for_longer()
    {
        await using var server = new AloneServer();
        server.FindNote("me", LeaderRecordState.Active, since: server.Clock.GetUtcNow().AddSeconds(-10));
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        server.Clock.Step(TimeSpan.FromHours(1));
        await PassAsync(5); // Long enough for probes to prove the place anew.

        server.Deliver(server.First, redelivered: true);
        await Bounds.UntilAsync(() => server.Begun.Count == 1, "the first order");
        server.Begun.Last().OnlyOursBefore.ShouldBeFalse("15 s are known, and the queue keeps an order for 30 s");

        await PassAsync(25);
        server.Deliver(server.First, redelivered: true);
        await Bounds.UntilAsync(() => server.Begun.Count == 2, "the second order");
        server.Begun.Last().OnlyOursBefore.ShouldBeTrue();

        async Task PassAsync(int seconds)
        {
            for (var passed = 0; passed < seconds * 4; passed++)
            {
                server.Clock.Advance(TimeSpan.FromMilliseconds(250));
                await Bounds.LetOthersWorkAsync();
            }
        }
    }
}
