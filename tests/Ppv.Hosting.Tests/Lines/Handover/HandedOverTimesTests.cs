using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What a worker has on record is passed on whatever the clocks of those show who had it: to the next one, and to those after it.
/// </summary>
public sealed class HandedOverTimesTests
{
    private static readonly TimeSpan Covered = TimeSpan.FromHours(25);
    private static readonly string[] AllOk = ["Completed OK", "Completed OK", "Completed OK"];
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");

    /// <summary>A worker's machine learns the time from the network; then two hand-overs in good order, within minutes.</summary>
    [Theory]
    [InlineData(2, new[] { 2, 3 })] // Two hand-overs.
    [InlineData(2, new[] { 1, 2 })] // A restart of its own, and a hand-over.
    [InlineData(40, new[] { 2, 2 })] // A hand-over, and a restart of that one.
    [InlineData(0, new[] { 2, 3 })] 
    [InlineData(0, new[] { 1, 2 })]
    [InlineData(2, new[] { 2 })] 
    public async Task After_the_clock_was_set_the_chain_forgets_nothing(int days, int[] chain)
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Clock.Advance(Covered);
        (await workers.CallAsync("order-7")).ShouldBe(AllOk);
        workers.Clock.Advance(TimeSpan.FromMinutes(1));
        workers.Clock.Step(TimeSpan.FromDays(days));
        // The step ends the leadership; the worker takes over anew, and finds its own record.
        for (var i = 0; i < 150 && days > 0
            && !workers.Log.Entries.Any(e => e.Message.Contains("what it remembers holds", StringComparison.Ordinal)); i++)
        {
            workers.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await workers.Host.Client.GetStatusAsync("none").WaitAsync(Hang.Limit); // Whoever is asked looks at the leadership.
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        foreach (var next in chain)
        {
            workers.Clock.Advance(TimeSpan.FromMinutes(1));
            await workers.HandOverToAsync(next);
        }

        // Another gateway, or this one after a restart, gets the same three requests again, as an Idempotency-Key has them.
        var services = new ServiceCollection().UseInMemoryBroker(workers.Host.Broker).AddSingleton<TimeProvider>(workers.Clock);
        services.AddPpvClient(client => client.Broker.Hosts = ["memory"]);
        await using var provider = services.BuildServiceProvider();
        var other = provider.GetRequiredService<IPpvClient>();
        var history = IdHistory.PossibleSince(workers.Clock.GetUtcNow() - new RpcOptions().UndatedIdLife);
        var ev = await other.SendAsync(PpvOrder.Event(Call, "262193") with { Id = "order-7.EV" }, history).WaitAsync(Hang.Limit);
        var en = await other.SendAsync(PpvOrder.Subscriber(Call, "85165320") with { Id = "order-7.EN" }, history).WaitAsync(Hang.Limit);
        var up = await other.SendAsync(PpvOrder.Confirm(Call) with { Id = "order-7.UP" }, history).WaitAsync(Hang.Limit);
        (workers.Bought, $"{up.Outcome} {up.Code}").ShouldBe((1, "Completed OK"), string.Join(Environment.NewLine,
            workers.Log.Entries.Select(e => e.Message).Where(m => m.Contains("on record", StringComparison.Ordinal)))
            + $"{ev.Outcome} {ev.Code}, {en.Outcome} {en.Code}");
    }

    [Fact]
    public async Task Where_there_is_no_room_for_all_it_is_known_of_no_time_before_the_clock_was_set()
    {
        var clock = new SteppedClock(Entries.Noon);
        await using var journal = new InMemoryOrderJournal(null, clock);
        for (var i = 0; i < 500; i++) journal.Record(Entries.Confirm($"{Guid.NewGuid():N}").Said("OK"));
        clock.Step(TimeSpan.FromDays(2));
        journal.Record(Entries.Confirm("after").Said("OK"));
        clock.Advance(TimeSpan.FromMinutes(10));

        // A new process, which does not know that the clock was set.
        var told = (await New(journal, clock).ExportAsync(3_000, default)).ShouldNotBeNull();

        told.Count.ShouldBeLessThan(500);
        told.CompleteFor.ShouldBe(TimeSpan.FromMinutes(10));
    }

    /// <summary>Each journal with a clock of its own: the first one's machine does not know the time yet.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(-2, false)]
    [InlineData(-50 * 366, false)]
    [InlineData(-50 * 366, true)]
    public async Task What_came_from_a_worker_whose_clock_is_behind_is_passed_on(int days, bool prunes)
    {
        var noon = Entries.Noon;
        var (behind, right) = (new SteppedClock(noon.AddDays(days)), new SteppedClock(noon));
        await using var first = new InMemoryOrderJournal(null, behind);
        await using var second = new InMemoryOrderJournal(null, right);
        InMemoryOrderJournal? third = null;
        using var worker = new LeasedWorker(journal: _ => third = new InMemoryOrderJournal(null, right));
        first.Record(Entries.Confirm("u1", connid: LeasedWorker.Call).Said("OK") with { ReceivedAt = behind.GetUtcNow() });

        var told = (await New(first, behind).ExportAsync(1_000_000, default)).ShouldNotBeNull();
        var covered = await New(second, right).AdoptAsync(told, default); // The second worker covers so much, and knows it.
        covered.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.FromHours(24));
        right.Advance(TimeSpan.FromMinutes(1));
        if (prunes) await second.PruneAsync();
        if (prunes) (await second.FindAsync("u1")).ShouldNotBeNull("forgotten within two minutes");
        told = (await New(second, right).ExportAsync(1_000_000, default)).ShouldNotBeNull();
        covered = await New(third!, right).AdoptAsync(told, default);
        covered.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.FromHours(24));

        // The third one is asked again, for an id that was made five minutes ago: far less than what it believes to cover.
        await worker.PrepareAsync();
        var again = await worker.SendAsync(
            LeasedWorker.Call, "CONFIRM", "UP", "u1", onlyOurs: true, history: IdHistory.RepeatSince(noon.AddMinutes(-5)));
        worker.UpsSent.ShouldBe(0);
    }

    private static OrderHandover New(IOrderJournalStore journal, TimeProvider clock) => new(
        journal, Options.Create(new PpvServerOptions()), clock,
        PlainLogger<OrderHandover>.None);
}
