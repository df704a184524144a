using Ppv.Rpc.Presence;
using Ppv.Samples.Cli.Workers;

namespace Ppv.Cli.Tests;

/// <summary>What <c>ppv workers</c> makes of the reports that came.</summary>
public sealed class BusViewTests
{
    private const string Queue = "prod.ppv.kfs";

    [Theory]
    [InlineData(true, PresencePlace.Leader, PresencePlace.Standby)]
    [InlineData(true, PresencePlace.TakingOver)]
    [InlineData(true, PresencePlace.Shared, PresencePlace.Shared)]
    [InlineData(true, PresencePlace.Candidate, PresencePlace.Candidate)]
    [InlineData(false, PresencePlace.Standby)]
    [InlineData(false, PresencePlace.Paused, PresencePlace.Leaving)]
    [InlineData(false)]
    public void A_queue_is_served_when_a_worker_takes_its_orders(bool served, params string[] places)
    {
        var view = BusView.Of([.. places.Select(place => Worker(place))], Queue, withClients: false, []);

        var queue = view.Queues.ShouldHaveSingleItem();
        (queue.Name, queue.IsServed, view.IsServed).ShouldBe((Queue, served, served));
        queue.Workers.Count.ShouldBe(places.Length);
        if (served) queue.Notes.ShouldBeEmpty();
        else queue.Notes.ShouldContain(note => note.Contains(Queue, StringComparison.Ordinal));
    }

    [Fact]
    public void A_queue_that_only_gateways_know_is_not_served()
    {
        var view = BusView.Of([Worker(PresencePlace.Leader), Gateway("prod.ppv.bs")], null, withClients: false, []);

        view.Queues.Select(queue => (queue.Name, queue.IsServed)).ShouldBe([("prod.ppv.bs", false), (Queue, true)]);
        view.IsServed.ShouldBeFalse();
        view.Queues[0].Notes.ShouldHaveSingleItem().ShouldStartWith(
            "No worker of queue prod.ppv.bs has answered, and 1 client sends to it. Start one.");
        view.Clients.ShouldBeNull();
    }

    [Fact]
    public void Nobody_at_all_is_not_served_either() => BusView.Of([], null, withClients: false, []).IsServed.ShouldBeFalse();

    [Fact]
    public void Only_the_queue_that_was_asked_for_counts()
    {
        var view = BusView.Of(
            [Worker(PresencePlace.Leader), Worker(PresencePlace.Standby) with { Queues = ["other"] }, Gateway(Queue), Gateway("other")],
            Queue, withClients: true, []);

        view.Queues.ShouldHaveSingleItem().Workers.ShouldHaveSingleItem().Place.ShouldBe("leader");
        view.Clients.ShouldNotBeNull().ShouldHaveSingleItem().Queues.ShouldBe([Queue]);
        view.IsServed.ShouldBeTrue();
    }

    [Fact]
    public void Workers_that_are_not_set_alike_are_pointed_out()
    {
        var queue = One(
            Worker(PresencePlace.Leader, "worker-1"),
            Worker(PresencePlace.Standby, "worker-2") with { Configuration = "fedcba987654", Version = "0.2.0" });

        queue.IsServed.ShouldBeTrue();
        queue.Notes.Count.ShouldBe(2);
        queue.Notes[0].ShouldContain("not set alike");
        queue.Notes[0].ShouldContain("0123456789ab: worker-1 (4711), fedcba987654: worker-2 (4711)");
        queue.Notes[1].ShouldContain("0.1.0: worker-1 (4711), 0.2.0: worker-2 (4711)");
    }

    [Fact]
    public void A_journal_in_trouble_one_that_is_not_ready_and_unknown_confirms_are_told()
    {
        var queue = One(
            Worker(PresencePlace.Leader) with
            {
                Worker = new WorkerDetails { Journal = "The order journal can't be used: the disk is full.", UnknownConfirms = 2 },
            },
            Worker(PresencePlace.Paused, "worker-2") with { IsReady = false, Description = "It is paused." });

        queue.Notes.ShouldBe(
        [
            "The journal of worker-1 (4711) is in trouble. The order journal can't be used: the disk is full.",
            "worker-2 (4711) is not ready. It is paused.",
            $"2 confirms of queue {Queue} are unknown and wait to be settled.",
        ]);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1s", 1_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2", 2_000)]
    [InlineData("60s", 60_000)]
    public void A_time_to_wait_is_read_as_people_write_it(string text, int milliseconds)
    {
        WaitRule.TryParse(text, out var wait).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1s")]
    [InlineData("0")]
    [InlineData("61s")]
    [InlineData("1e300")]
    [InlineData("NaN")]
    [InlineData("1,5s")]
    public void Anything_else_is_none(string text) => WaitRule.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3_725, "1 h 2 min")]
    [InlineData(3_605, "1 h")]
    [InlineData(300_000, "3 d 11 h")]
    public void An_uptime_has_its_two_largest_units(int seconds, string text) =>
        WorkersPrinter.Uptime(TimeSpan.FromSeconds(seconds)).ShouldBe(text);

    private static QueueView One(params PresenceReport[] workers) =>
        BusView.Of(workers, null, withClients: false, []).Queues.ShouldHaveSingleItem();

    private static PresenceReport Worker(string place, string machine = "worker-1") => new()
    {
        Instance = Guid.NewGuid(),
        Role = "worker",
        Machine = machine,
        ProcessId = 4711,
        Version = "0.1.0",
        Queues = [Queue],
        Hosts = ["kfs-gax:5672"],
        Place = place,
        IsReady = true,
        Configuration = "0123456789ab",
        Worker = new WorkerDetails { FirstLine = 1, LastLine = 29, Allocation = "Leased", Journal = "ok", UnknownConfirms = 0 },
    };

    private static PresenceReport Gateway(string queue) =>
        new() { Instance = Guid.NewGuid(), Role = "gateway", Queues = [queue], IsReady = true };
}
