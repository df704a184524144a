using Ppv.Rpc.Client;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>The table in which an answer finds its caller.</summary>
public class PendingRequestsTests
{
    private static readonly RpcReply First = new(new byte[] { 1 }, RpcOutcome.Completed);
    private static readonly RpcReply Second = new(new byte[] { 2 }, RpcOutcome.Completed);
    private readonly object _session = new(), _another = new();

    [Fact]
    public async Task An_answer_settles_its_own_request_and_no_other_one()
    {
        var pending = new PendingRequests(10);
        var (one, other) = (Added(pending, _session), Added(pending, _session));
        one.CorrelationId.ShouldNotBe(other.CorrelationId);

        pending.TrySettle(other.CorrelationId, First).ShouldBeTrue();

        (await other.Reply.Within()).ShouldBe(First);
        one.Reply.IsCompleted.ShouldBeFalse();
        pending.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_is_settled_once()
    {
        var pending = new PendingRequests(10);
        var request = Added(pending, _session);

        pending.TrySettle(request.CorrelationId, First).ShouldBeTrue();
        pending.TrySettle(request.CorrelationId, Second).ShouldBeFalse();
        pending.TrySettle("nobody's", Second).ShouldBeFalse();

        (await request.Reply.Within()).ShouldBe(First);
        pending.Count.ShouldBe(0);
    }

    [Fact]
    public void No_more_wait_than_may_and_whoever_is_settled_makes_room()
    {
        var pending = new PendingRequests(2);
        var (one, _) = (Added(pending, _session), Added(pending, _session));
        for (var again = 0; again < 3; again++)
        {
            pending.TryAdd(_session, out var refused).ShouldBeFalse();
            refused.ShouldBeNull();
            pending.Count.ShouldBe(2);
        }

        pending.TrySettle(one.CorrelationId, First).ShouldBeTrue();

        Added(pending, _session).ShouldNotBeNull();
        pending.TryAdd(_session, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_that_is_lost_settles_its_own_requests()
    {
        var pending = new PendingRequests(10);
        var (one, two, other) = (Added(pending, _session), Added(pending, _session), Added(pending, _another));

        pending.SettleAll(_session, First);

        (await one.Reply.Within()).ShouldBe(First);
        (await two.Reply.Within()).ShouldBe(First);
        other.Reply.IsCompleted.ShouldBeFalse();
        pending.Count.ShouldBe(1);
        pending.TrySettle(one.CorrelationId, Second).ShouldBeFalse();
        pending.TrySettle(other.CorrelationId, Second).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_awaits_an_answer_goes_on_elsewhere_than_in_the_one_who_settles()
    {
        var pending = new PendingRequests(1);
        var request = Added(pending, _session);
        var settling = new ThreadLocal<bool>();
        var wentOnInside = request.Reply.ContinueWith(_ => settling.Value, TaskContinuationOptions.ExecuteSynchronously);

        settling.Value = true;
        pending.TrySettle(request.CorrelationId, First);
        settling.Value = false;

        (await wentOnInside.Within()).ShouldBeFalse();
    }

    [Fact]
    public void The_latest_requests_that_ended_without_an_answer_are_known_once()
    {
        var late = new LateRequests(2);
        foreach (var number in (string[])["1", "2", "3"]) late.Add($"correlation-{number}", $"order-{number}");

        late.Take("correlation-1").ShouldBeNull("only the latest two are known");
        late.Take("correlation-2").ShouldBe("order-2");
        late.Take("correlation-2").ShouldBeNull();
        late.Take("correlation-3").ShouldBe("order-3");
        late.Take(null).ShouldBeNull();
    }

    private static PendingRequest Added(PendingRequests pending, object session)
    {
        pending.TryAdd(session, out var request).ShouldBeTrue();
        request.ShouldNotBeNull().Session.ShouldBeSameAs(session);
        return request;
    }
}
