using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>What concerns come to, and since when; and what counts as one.</summary>
public class VerdictTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Concern Slow = new("broker", BoardLevel.Degraded, "It is slow.");
    private static readonly Concern Dead = new("wizard", BoardLevel.Down, "It is dead.");

    [Fact]
    public void The_worst_level_counts_its_reason_comes_first_and_its_beginning_is_kept()
    {
        var history = new VerdictHistory(Start);
        Text(history.Judge([], Start.AddSeconds(5))).ShouldBe("Ok since 12:00:00: ");
        Text(history.Judge([Slow], Start.AddSeconds(10))).ShouldBe("Degraded since 12:00:10: It is slow.");
        Text(history.Judge([Slow, Slow], Start.AddSeconds(20))).ShouldBe("Degraded since 12:00:10: It is slow.");
        Text(history.Judge([Slow, Dead], Start.AddSeconds(30))).ShouldBe("Down since 12:00:30: It is dead. It is slow.");
        Text(history.Judge([Slow], Start.AddSeconds(40))).ShouldBe("Degraded since 12:00:40: It is slow.");
    }

    [Theory]
    [InlineData(100, 0, null)]
    [InlineData(100, 4, "Ok")]
    [InlineData(20, 1, "Degraded")]
    [InlineData(1_000, 50, "Degraded")]
    [InlineData(15, 15, "Degraded")] // Few, and all fail.
    [InlineData(6, 3, "Degraded")]
    [InlineData(7, 3, "Ok")]
    [InlineData(2, 2, "Ok")]
    public void Errors_are_told_and_many_of_them_are_a_concern(int orders, int errors, string? level)
    {
        var concern = PathView.ErrorsOf([Hop("gateway", 0, 0), Hop("worker", orders, errors), Hop("wizard", 0, 0)]);
        (concern?.Level.ToString()).ShouldBe(level);
        (concern?.Text).ShouldBe(level is null ? null : $"{errors} of {orders} orders of the last minute failed at the worker.");
    }

    [Fact]
    public void What_fails_at_several_hops_is_told_of_the_last_one_and_marks_them_all()
    {
        HopView[] hops = [Hop("gateway", 100, 50), Hop("broker", 100, 0), Hop("worker", 100, 50), Hop("wizard", 100, 50)];
        var concern = PathView.ErrorsOf(hops).ShouldNotBeNull();
        concern.Text.ShouldBe("50 of 100 orders of the last minute failed at the exchange with Wizard.");
        PathView.Show(hops, [concern, Dead]).Select(hop => hop.Level)
            .ShouldBe([BoardLevel.Degraded, BoardLevel.Ok, BoardLevel.Degraded, BoardLevel.Down]);
    }

    [Fact]
    public async Task The_verdict_is_looked_at_while_nobody_watches_and_not_while_somebody_does()
    {
        var (clock, looks, isWatched) = (new SignallingClock(), new SemaphoreSlim(0), false);
        using var log = new LogCollector();
        using var stopping = new CancellationTokenSource();
        var count = 0;
        var watch = VerdictWatch.RunAsync(
            () =>
            {
                count++;
                looks.Release();
                return Task.CompletedTask;
            }, () => isWatched, clock, PlainLogger.To(log.CreateLogger("Ppv.Hosting.Board")), stopping.Token);
        for (var look = 0; look < 3; look++)
        {
            (await looks.WaitAsync(Hang.Limit)).ShouldBeTrue();
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        (await looks.WaitAsync(Hang.Limit)).ShouldBeTrue();
        isWatched = true;
        clock.Advance(TimeSpan.FromSeconds(5));
        await stopping.CancelAsync();
        await watch.WaitAsync(Hang.Limit);
        count.ShouldBe(4);
        log.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Each_change_to_another_host_is_a_failover_and_the_first_host_is_none()
    {
        var (clock, hosts) = (new TestClock(Start), new Switch());
        var failovers = new FailoverCounter(hosts, clock);
        hosts.Use("one");
        (failovers.Count, failovers.Last).ShouldBe((0, null));
        clock.Advance(TimeSpan.FromSeconds(1));
        hosts.Use("two");
        hosts.Use("two");
        (failovers.Count, failovers.Last).ShouldBe((1, Start.AddSeconds(1)));
        clock.Advance(TimeSpan.FromSeconds(1));
        hosts.Use("one");
        (failovers.Count, failovers.Last).ShouldBe((2, Start.AddSeconds(2)));
    }

    [Theory]
    [InlineData(BrokerHostState.Down, BrokerHostState.Ready, 60, 50.0)]
    [InlineData(BrokerHostState.Down, BrokerHostState.Ready, 5, 0.0)]
    [InlineData(BrokerHostState.Ready, BrokerHostState.Unknown, 60, null)]
    [InlineData(BrokerHostState.Down, BrokerHostState.Down, 60, null)]
    [InlineData(BrokerHostState.Down, BrokerHostState.Ready, -1, null)]
    public void The_time_to_the_return_is_known_while_another_host_is_in_use(
        BrokerHostState primary, BrokerHostState backup, int delay, double? seconds)
    {
        BrokerHostStatus[] hosts = [Status("one", primary) with { LastFailure = Start.AddSeconds(-10) }, Status("two", backup)];
        ConnectionsView.FailbackIn(hosts, delay < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(delay), Start.AddMilliseconds(1))
            .ShouldBe(seconds);
    }

    private static string Text(BoardVerdict verdict) =>
        $"{verdict.Level} since {verdict.Since:HH:mm:ss}: {string.Join(" ", verdict.Reasons)}";

    private static HopView Hop(string name, int orders, int errors)
    {
        var tally = new Tally();
        for (var order = 0; order < orders; order++) tally.Add(TimeSpan.FromMilliseconds(1), order < errors);
        return new HopView(name, "", true, tally, TimeSpan.FromSeconds(60), new BoardSeries(5, [], [], [], []));
    }

    private static BrokerHostStatus Status(string name, BrokerHostState state)
    {
        BrokerHost.TryParse(name, out var host).ShouldBeTrue();
        return new BrokerHostStatus(host) { State = state };
    }

    private sealed class Switch : IBrokerSwitch
    {
        public string Role => "client";

        public IReadOnlyList<BrokerHostStatus> Hosts => [];

        public event EventHandler<BrokerHostChangedEventArgs>? HostChanged;

        public void Use(string host) => HostChanged?.Invoke(
            this, new BrokerHostChangedEventArgs(Status(host, BrokerHostState.Down), Status(host, BrokerHostState.Ready), "It is."));

        public Task SwitchToAsync(BrokerHost host, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
