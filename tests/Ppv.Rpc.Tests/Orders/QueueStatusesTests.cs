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
    [InlineData(NotExecuted, new[] { NeverSeen, NotExecuted, Unavailable })]
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
                "the-id", [.. order.Select(state => new PpvOrderStatus("the-id", state, null, $"It is {state}."))]);
            status.State.ShouldBe(expected);
            status.OrderId.ShouldBe("the-id");
            status.Reason!.ShouldContain(answers.Contains(expected) ? $"It is {expected}." : "It is Unavailable.");
        }
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
        var record = new PpvOrderStatus("the-id", NotExecuted, "ER998", "Why.");
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
        status.Reason!.ShouldStartWith("No worker that answered has a record of it, but one could not be asked; ask again.");
    }

    [Fact]
    public async Task When_nobody_can_be_asked_it_is_as_with_one_queue()
    {
        _queues.Down.UnionWith([A, B]);
        (await AskAsync()).State.ShouldBe(Unavailable);
    }

    private async Task<PpvOrderStatus> AskAsync()
    {
        await _queues.ReadyAsync();
        return await _queues.RunAsync(_queues.Client.GetStatusAsync("the-id"), TimeSpan.FromMilliseconds(3));
    }
}
