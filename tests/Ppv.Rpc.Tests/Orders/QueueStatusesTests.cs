using Ppv.Rpc.Orders;
using Ppv.Rpc.Orders.Routing;
using Ppv.Rpc.Tests.Support;
using static Ppv.Rpc.PpvOrderState;
using static Ppv.Rpc.Tests.Support.TwoQueues;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>What several workers together know of an order.</summary>
public sealed class QueueStatusesTests : IAsyncDisposable
{
    private readonly TwoQueues _queues = new();

    public ValueTask DisposeAsync() => _queues.DisposeAsync();

    [Theory]
    [InlineData(Completed, new[] { Completed, NeverSeen })]
    [InlineData(Completed, new[] { Unavailable, Completed })]
    [InlineData(Completed, new[] { NotExecuted, Unknown, Completed })]
    [InlineData(NotExecuted, new[] { NeverSeen, NotExecuted })]
    [InlineData(Unknown, new[] { NeverSeen, NotExecuted, Unavailable })] // The silent one may have bought.
    [InlineData(Unknown, new[] { NotExecuted, Unknown })]
    [InlineData(Unknown, new[] { NeverSeen, Unknown, Unavailable })]
    [InlineData(NeverSeen, new[] { NeverSeen, NeverSeen })]
    [InlineData(Unknown, new[] { NeverSeen, Unavailable, NeverSeen })]
    [InlineData(Unavailable, new[] { Unavailable, Unavailable })]
    public void A_record_counts_more_than_none_and_silence_is_not_a_no(PpvOrderState expected, PpvOrderState[] answers)
    {
        foreach (var order in (PpvOrderState[][])[answers, [.. answers.Reverse()]])
        {
            var status = QueueStatuses.Combine(
                "the-id", Start, [.. order.Select(state => new PpvOrderStatus("the-id", state, null, $"It is {state}.")
                {
                    CoveredSince = Start,
                })]);
            status.State.ShouldBe(expected);
            status.OrderId.ShouldBe("the-id");
            status.Reason!.ShouldContain(answers.Contains(expected) ? $"It is {expected}." : "It is Unavailable.");
        }
    }

    [Theory]
    [InlineData(null, Unknown)]
    [InlineData(1, Unknown)]
    [InlineData(0, NotExecuted)]
    public void That_one_worker_refused_it_proves_nothing_where_another_one_has_followed_the_one_that_may_have_bought(
        int? coveredAfter, PpvOrderState expected)
    {
        PpvOrderStatus refused = new("the-id", NotExecuted, "ER444", null) { CoveredSince = Start };
        PpvOrderStatus never = new("the-id", NeverSeen, null, null) { CoveredSince = Start.AddSeconds(coveredAfter ?? 0) };
        if (coveredAfter is null) never = never with { CoveredSince = null };
        QueueStatuses.Combine("the-id", Start, [refused, never]).State.ShouldBe(expected);
        QueueStatuses.Combine("the-id", Start, [never, refused]).State.ShouldBe(expected);
    }

    [Fact]
    public async Task Every_queue_is_asked_at_once_and_the_record_is_given()
    {
        var record = new PpvOrderStatus("the-id", Completed, "OK", null);
        _queues.Statuses[B] = record;
        (await _queues.Client.GetStatusAsync("the-id").Within()).ShouldBe(record);
        _queues.TakeSeen().Order().ShouldBe([$"{A} ?the-id", $"{B} ?the-id"]);
    }

    [Fact]
    public async Task A_record_is_not_kept_from_its_caller_by_a_worker_that_is_down()
    {
        _queues.Down.Add(A);
        var record = new PpvOrderStatus("the-id", Completed, "ER007", null);
        _queues.Statuses[B] = record;
        (await AskAsync()).ShouldBe(record);
        (_queues.Clock.GetUtcNow() - Start).ShouldBeLessThan(TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task Without_a_record_a_worker_that_is_down_leaves_it_unknown()
    {
        _queues.Down.Add(A);
        var status = await AskAsync();
        status.State.ShouldBe(Unknown);
        status.Reason!.ShouldStartWith("No worker that answered has executed it, but one could not be asked; ask again.");
    }

    [Fact]
    public async Task That_one_worker_refused_it_proves_nothing_while_the_one_that_may_have_bought_is_silent()
    {
        _queues.Down.Add(A);
        _queues.Statuses[B] = new PpvOrderStatus("the-id", NotExecuted, "ER998", "It refused a repeat.");
        (await AskAsync()).State.ShouldBe(Unknown);
        (_queues.Clock.GetUtcNow() - Start).ShouldBeLessThan(TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task When_nobody_can_be_asked_it_is_as_with_one_queue()
    {
        _queues.Down.UnionWith([A, B]);
        (await AskAsync()).State.ShouldBe(Unavailable);
    }

    [Fact]
    public async Task Who_asks_for_a_status_is_not_told_to_ask_for_the_status()
    {
        _queues.CanDial = () => false;
        var status = await _queues.RunAsync(_queues.Client.GetStatusAsync("the-id"), TimeSpan.FromMilliseconds(3));
        status.State.ShouldBe(Unavailable);
        status.Reason!.ShouldStartWith("There is no connection");
        status.Reason!.ShouldNotContain("ask for its status");
    }

    private async Task<PpvOrderStatus> AskAsync()
    {
        await _queues.ReadyAsync();
        return await _queues.RunAsync(_queues.Client.GetStatusAsync("the-id"), TimeSpan.FromMilliseconds(3));
    }
}
