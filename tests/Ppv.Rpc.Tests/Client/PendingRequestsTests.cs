using System.Threading.Tasks.Sources;
using Ppv.Rpc.Client;
using Ppv.Rpc.Tests.Support;
using Ppv.Tests;

namespace Ppv.Rpc.Tests.Client;

/// <summary>The table in which an answer finds its caller.</summary>
public class PendingRequestsTests
{
    private static readonly RpcReply First = new(new byte[] { 1 }, RpcOutcome.Completed);
    private static readonly RpcReply Second = new(new byte[] { 2 }, RpcOutcome.Completed);
    private readonly object _session = new(), _another = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task An_answer_settles_its_own_request_and_no_other_one()
    {
        var pending = Table(10);
        var (one, other) = (Added(pending, _session), Added(pending, _session));
        one.CorrelationId.ShouldNotBe(other.CorrelationId);

        pending.TrySettle(other.CorrelationId, First).ShouldBeTrue();

        (await ReplyOf(other)).ShouldBe(First);
        IsSettled(one).ShouldBeFalse();
        pending.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_is_settled_once()
    {
        var pending = Table(10);
        var request = Added(pending, _session);

        pending.TrySettle(request.CorrelationId, First).ShouldBeTrue();
        pending.TrySettle(request.CorrelationId, Second).ShouldBeFalse();
        pending.GiveUp(request, Second).ShouldBeFalse();

        (await ReplyOf(request)).ShouldBe(First);
        pending.Count.ShouldBe(0);
        pending.TakeLate(request.CorrelationId).ShouldBeNull("it has its answer");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nobody's")]
    [InlineData("00000000-0000-8000-8000-000000000001")]
    [InlineData("8f14e45f-ceea-467f-a8a5-0f6f2a1c9f3b")]
    public void What_is_no_correlation_id_of_ours_settles_nothing(string? correlationId)
    {
        var pending = Table(10);
        Added(pending, _session);

        pending.TrySettle(correlationId, First).ShouldBeFalse();
        pending.TakeLate(correlationId).ShouldBeNull();

        pending.Count.ShouldBe(1);
    }

    [Fact]
    public void An_answer_to_another_client_settles_nothing()
    {
        var (pending, another) = (Table(10), Table(10));
        Added(pending, _session);
        var theirs = Added(another, _session);

        pending.TrySettle(theirs.CorrelationId, First).ShouldBeFalse();
        another.TrySettle(theirs.CorrelationId, First).ShouldBeTrue();
    }

    /// <summary>As the contract has it (§2), and as RFC 9562 wants one that is made up of parts of our own.</summary>
    [Fact]
    public void Correlation_ids_are_uuids_of_version_8()
    {
        var pending = Table(1_000);
        var ids = Enumerable.Range(0, 1_000).Select(_ => Added(pending, _session).CorrelationId).ToList();

        ids.Distinct().Count().ShouldBe(1_000);
        ids.ShouldAllBe(id => Guid.ParseExact(id, "D").Version == 8 && (Guid.ParseExact(id, "D").Variant & 0xC) == 0x8);
    }

    [Fact]
    public void No_more_wait_than_may_and_whoever_is_settled_makes_room()
    {
        var pending = Table(2);
        var (one, _) = (Added(pending, _session), Added(pending, _session));
        for (var again = 0; again < 3; again++)
        {
            pending.TryAdd(_session, "refused", TimeSpan.FromSeconds(1), out var refused).ShouldBeFalse();
            refused.ShouldBeNull();
            pending.Count.ShouldBe(2);
        }

        pending.TrySettle(one.CorrelationId, First).ShouldBeTrue();

        Added(pending, _session).ShouldNotBeNull();
        pending.TryAdd(_session, "refused", TimeSpan.FromSeconds(1), out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_that_is_lost_settles_its_own_requests()
    {
        var pending = Table(10);
        var (one, two, other) = (Added(pending, _session), Added(pending, _session), Added(pending, _another));

        pending.SettleAll(_session, First);

        (await ReplyOf(one)).ShouldBe(First);
        (await ReplyOf(two)).ShouldBe(First);
        IsSettled(other).ShouldBeFalse();
        pending.Count.ShouldBe(1);
        pending.TrySettle(one.CorrelationId, Second).ShouldBeFalse();
        pending.TrySettle(other.CorrelationId, Second).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_awaits_an_answer_goes_on_elsewhere_than_in_the_one_who_settles()
    {
        var pending = Table(1);
        var request = Added(pending, _session);
        using var settling = new ThreadLocal<bool>();
        var wentOnInside = GoOnAsync();

        settling.Value = true;
        pending.TrySettle(request.CorrelationId, First);
        settling.Value = false;

        (await wentOnInside.Within()).ShouldBeFalse();

        async Task<bool> GoOnAsync()
        {
            await request.ReplyAsync();
            return settling.Value;
        }
    }

    /// <summary>Whatever the deadlines are, and in whatever order, each request ends at its own, and not before.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Each_request_waits_until_its_own_deadline(int seed)
    {
        var random = new Random(seed);
        var pending = Table(1_000);
        var waiting = new List<(PendingRequest Request, TimeSpan EndsAt)>();
        var now = TimeSpan.Zero;
        for (var step = 0; step < 500; step++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    var left = TimeSpan.FromMilliseconds(random.Next(1, 2_000));
                    pending.TryAdd(_session, $"order-{step}", left, out var request).ShouldBeTrue();
                    waiting.Add((request, now + left));
                    break;
                case 2 when waiting.Count > 0:
                    var answered = waiting[random.Next(waiting.Count)];
                    pending.TrySettle(answered.Request.CorrelationId, First).ShouldBeTrue();
                    ReplyIn(answered.Request).ShouldBe(First);
                    waiting.Remove(answered);
                    break;
                default:
                    var moved = TimeSpan.FromMilliseconds(random.Next(1, 300));
                    _clock.Advance(moved);
                    now += moved;
                    break;
            }

            foreach (var (request, endsAt) in waiting)
            {
                IsSettled(request).ShouldBe(endsAt <= now, $"step {step}, at {now}, to end at {endsAt}");
                if (endsAt <= now) ReplyIn(request).ShouldBeSameAs(PendingRequest.TimedOut);
            }

            waiting.RemoveAll(one => one.EndsAt <= now);
            pending.Count.ShouldBe(waiting.Count);
        }
    }

    [Fact]
    public void A_deadline_farther_off_than_timers_count_is_kept_all_the_same()
    {
        var pending = Table(2);
        pending.TryAdd(_session, "in 100 days", TimeSpan.FromDays(100), out var far).ShouldBeTrue();
        pending.TryAdd(_session, "never", TimeSpan.MaxValue, out var never).ShouldBeTrue();

        _clock.Advance(TimeSpan.FromDays(100) - TimeSpan.FromSeconds(1));
        IsSettled(far).ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        IsSettled(far).ShouldBeTrue();
        IsSettled(never).ShouldBeFalse();
    }

    [Fact]
    public void The_latest_requests_that_ended_without_an_answer_are_known_once()
    {
        var pending = Table(10, remembered: 2);
        var requests = Enumerable.Range(1, 3).Select(_ => Added(pending, _session)).ToList();
        foreach (var request in requests) pending.GiveUp(request, PendingRequest.Cancelled).ShouldBeTrue();

        pending.TakeLate(requests[0].CorrelationId).ShouldBeNull("only the latest two are known");
        pending.TakeLate(requests[1].CorrelationId).ShouldBe(("order-1", true));
        pending.TakeLate(requests[1].CorrelationId).ShouldBeNull();
        pending.TakeLate(requests[2].CorrelationId).ShouldBe(("order-1", true));
    }

    [Fact]
    public void One_that_ran_out_of_time_is_known_when_its_answer_comes()
    {
        var pending = Table(10);
        var request = Added(pending, _session);

        _clock.Advance(TimeSpan.FromSeconds(1));

        pending.TrySettle(request.CorrelationId, First).ShouldBeFalse();
        pending.TakeLate(request.CorrelationId).ShouldBe(("order-1", false), "its caller did not give it up");
    }

    private PendingRequests Table(int limit, int remembered = 10) => new(limit, _clock, remembered);

    private static async Task<RpcReply> ReplyOf(PendingRequest request) => await request.ReplyAsync().AsTask().Within();

    private static bool IsSettled(PendingRequest request) =>
        ((IValueTaskSource<RpcReply>)request).GetStatus(0) != ValueTaskSourceStatus.Pending;

    private static RpcReply ReplyIn(PendingRequest settled) => ((IValueTaskSource<RpcReply>)settled).GetResult(0);

    private static PendingRequest Added(PendingRequests pending, object session)
    {
        pending.TryAdd(session, "order-1", TimeSpan.FromSeconds(1), out var request).ShouldBeTrue();
        request.ShouldNotBeNull().Session.ShouldBeSameAs(session);
        return request;
    }
}
