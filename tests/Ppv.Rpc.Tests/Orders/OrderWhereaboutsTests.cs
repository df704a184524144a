using System.Collections.Concurrent;
using Ppv.Protocol;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Tests.Support;
using static Ppv.Rpc.PpvOrderState;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>
/// With several queues a confirm whose id may have been used before goes to the worker that had it, or proves nothing to another one.
/// </summary>
public sealed class OrderWhereaboutsTests
{
    private const string Own = "own", Other = "other", Third = "third";
    private static readonly DateTimeOffset Start = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);
    private static readonly IdHistory Maybe = IdHistory.PossibleSince(Start), Again = IdHistory.RepeatSince(Start),
        Anywhere = IdHistory.RepeatSince(DateTimeOffset.UnixEpoch);
    private static readonly PpvOrder Bare = PpvOrder.Confirm(ConnectionId.Parse("1")), Purchase = Bare with { Subject = "s" };

    private readonly SteppedClock _clock = new(Start.AddMinutes(1));
    private readonly ConcurrentBag<string> _asked = [];

    /// <summary>What workers answer; one that is not here does not.</summary>
    private readonly Dictionary<string, PpvOrderStatus> _statuses = new()
    {
        [Own] = Status(NeverSeen, Start), [Other] = Status(NeverSeen, Start), [Third] = Status(NeverSeen, Start),
    };

    public static TheoryData<IdHistory> Histories { get; } = [IdHistory.New, Maybe, Again, IdHistory.Repeat];

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task A_calls_own_orders_go_where_the_call_is_when_that_was_always_so(IdHistory history)
    {
        foreach (var order in new[] { PpvOrder.Event(ConnectionId.Parse("1"), "7"), PpvOrder.Subscriber(ConnectionId.Parse("1"), "7") })
            (await FindAsync(order with { Subject = "s" }, history)).ShouldBe((Own, history));
        if (history != IdHistory.Repeat)
            foreach (var confirm in new[] { Bare, Purchase }) (await FindAsync(confirm, history)).ShouldBe((Own, history));
        _asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Completed)]
    [InlineData(Unknown)]
    [InlineData(NotExecuted)]
    public async Task A_confirm_goes_to_the_worker_that_has_it_on_record(PpvOrderState state)
    {
        _statuses[Third] = Status(state, null);
        foreach (var order in new[] { Bare, Purchase })
            foreach (var history in (IdHistory[])[Maybe, Again, IdHistory.Repeat])
                (await FindAsync(order, history, isSettled: false)).ShouldBe(
                    state == NotExecuted && history == IdHistory.Repeat ? (Own, Anywhere) : (Third, history));
    }

    [Theory]
    [InlineData(Completed, true)]
    [InlineData(Unknown, true)]
    [InlineData(Unavailable, false)] // It may have bought.
    public async Task A_refusal_elsewhere_does_not_outweigh_what_its_own_queue_may_have_bought(PpvOrderState own, bool isOnRecord)
    {
        (_statuses[Own], _statuses[Third]) = (Status(own, null), Status(NotExecuted, null));
        (await FindAsync(Purchase, Again, isSettled: false)).ShouldBe((Own, isOnRecord ? Again : Anywhere));
    }

    [Fact]
    public async Task Of_two_that_have_it_on_record_the_one_counts_that_has_asked_wizard()
    {
        (_statuses[Other], _statuses[Third]) = (Status(NotExecuted, null), Status(Completed, null));
        (await FindAsync(Purchase, Again, isSettled: false)).ShouldBe((Third, Again));
        (_statuses[Other], _statuses[Third]) = (Status(Unknown, null), Status(NotExecuted, null));
        (await FindAsync(Purchase, Again, isSettled: false)).ShouldBe((Other, Again));
    }

    [Theory]
    [InlineData(NeverSeen, 0, true)] // It covers the id's whole past,
    [InlineData(NeverSeen, 1, false)] // or not,
    [InlineData(NeverSeen, null, false)] // or does not say.
    [InlineData(Unavailable, 0, false)]
    [InlineData(null, null, false)] // It does not answer.
    public async Task Where_nobody_has_it_on_record_all_others_must_be_sure_of_that(PpvOrderState? state, int? coveredAfter, bool isSure)
    {
        _statuses.Remove(Other);
        if (state is { } answered) _statuses[Other] = Status(answered, coveredAfter is { } seconds ? Start.AddSeconds(seconds) : null);

        foreach (var order in new[] { Purchase, Bare })
        {
            (await FindAsync(order, Maybe, isSettled: false)).ShouldBe((Own, isSure ? Maybe : Anywhere));
            (await FindAsync(order, Again, isSettled: false)).ShouldBe((Own, isSure ? Again : Anywhere));
            (await FindAsync(order, IdHistory.Repeat, isSettled: false)).ShouldBe((Own, Anywhere), "no record is old enough");
            (await FindAsync(order, IdHistory.New, isSettled: false)).ShouldBe((Own, IdHistory.New), "nobody can have had it");
        }
    }

    [Theory]
    [InlineData(Completed, Third)]
    [InlineData(Unknown, Third)] // It runs there.
    [InlineData(NotExecuted, Own)]
    [InlineData(NeverSeen, Own)]
    [InlineData(Unavailable, Own)]
    public async Task A_new_purchase_that_a_change_of_the_list_has_overtaken_is_asked_for_where_others_begin_it_by_now(
        PpvOrderState state, string goesTo)
    {
        _statuses[Third] = Status(state, null);
        (await FindAsync(Purchase, IdHistory.New, isHome: false)).ShouldBe((goesTo, IdHistory.New));
        (await FindAsync(Purchase, IdHistory.New)).ShouldBe((Own, IdHistory.New));
        (await FindAsync(Bare, IdHistory.New, isHome: false)).ShouldBe((Own, IdHistory.New), "its id is nobody else's");
    }

    [Fact]
    public async Task With_one_queue_nobody_is_asked()
    {
        var (queue, history) = await new OrderWhereabouts([Own], (_, _) => true, _ => false, AskAsync, _clock)
            .FindAsync(Purchase, Own, Again, default);
        (queue, history).ShouldBe((Own, Again));
        _asked.ShouldBeEmpty();
    }

    private static PpvOrderStatus Status(PpvOrderState state, DateTimeOffset? coveredSince) =>
        new("the-id", state, null, null) { CoveredSince = coveredSince };

    private async Task<(string Queue, IdHistory History)> FindAsync(
        PpvOrder order, IdHistory history, bool isSettled = true, bool isHome = true)
    {
        var finding = new OrderWhereabouts([Own, Other, Third], (_, _) => isHome, _ => isSettled, AskAsync, _clock)
            .FindAsync(order, Own, history, default).AsTask();
        while (!finding.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Bounds.LetOthersWorkAsync();
        }

        return await finding;
    }

    private async Task<PpvOrderStatus> AskAsync(PpvOrder order, string queue, CancellationToken cancellationToken)
    {
        _asked.Add(queue);
        if (_statuses.TryGetValue(queue, out var status)) return status;
        await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken);
        throw new InvalidOperationException("It does not answer.");
    }
}
