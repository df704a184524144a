using Ppv.Protocol.Text;
using Ppv.Rpc.Hosts;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Hosts;

/// <summary>What each event makes of what is known of the hosts.</summary>
public class HostTableTests
{
    private const int P = 0, B = 1, T = 2;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly BrokerHost[] Hosts = [new("p", 5672), new("b", 5672), new("t", 5672)];

    [Fact]
    public void At_first_nothing_is_known_since_the_start() =>
        HostTable.Of(Hosts, Start).Hosts.ShouldBe(Hosts.Select(host => new BrokerHostStatus(host) { Since = Start }));

    [Fact]
    public void Only_one_is_in_use_and_the_one_before_it_has_no_fault()
    {
        var table = HostTable.Of(Hosts, Start).Failed(T, "It is down.", At(1)).Using(P, At(2)).Using(B, At(3));

        States(table).ShouldBe([BrokerHostState.Unknown, BrokerHostState.Ready, BrokerHostState.Down]);
        table.Hosts.Select(host => host.Since).ShouldBe([At(3), At(3), At(1)]);
        (table[P].Failures, table[P].LastFailure, table[T].Failures).ShouldBe((0, null, 1));
    }

    [Fact]
    public void One_that_took_no_messages_is_down_when_another_one_comes_into_use()
    {
        var table = HostTable.Of(Hosts, Start).Using(P, At(1)).Blocked(P, "low on memory", At(2)).Using(B, At(3));

        (table[P].State, table[P].Since, table[P].LastFailure, table[P].LastError).ShouldBe(
            (BrokerHostState.Down, At(3), At(2), "low on memory"));
    }

    [Fact]
    public void A_state_that_goes_on_keeps_its_time()
    {
        var table = HostTable.Of(Hosts, Start).Using(P, At(1)).Using(P, At(2)).Blocked(P, null, At(3)).Failed(B, "It is down.", At(4))
            .Failed(B, "It is still down.", At(5));

        (table[P].State, table[P].Since).ShouldBe((BrokerHostState.Ready, At(1)));
        table[B].ShouldBe(new BrokerHostStatus(Hosts[B])
        {
            State = BrokerHostState.Down, Since = At(4), LastFailure = At(5), LastError = "It is still down.", Failures = 2,
        });
    }

    [Fact]
    public void An_alarm_is_a_failure_until_it_is_over()
    {
        var blocked = HostTable.Of(Hosts, Start).Using(P, At(1)).Blocked(P, "low on memory", At(5));
        (blocked[P].State, blocked[P].Since, blocked[P].LastFailure, blocked[P].LastError).ShouldBe(
            (BrokerHostState.Blocked, At(5), At(5), "low on memory"));

        var over = blocked.Blocked(P, null, At(9));
        (over[P].State, over[P].Since, over[P].LastFailure).ShouldBe((BrokerHostState.Ready, At(9), At(5)));
    }

    [Theory]
    [InlineData(3, 0)] // From second 1 on: it lasted just long enough, and all failures are forgiven.
    [InlineData(30, 0)]
    [InlineData(2, 2)] // It broke at once, which is one more failed attempt.
    public void A_connection_that_lasted_ends_the_row_of_failures_of_all_hosts(int lostAt, int failures)
    {
        var table = HostTable.Of(Hosts, Start).Failed(P, "It is down.", Start).Failed(B, "It is down.", Start)
            .Failed(B, "It is down.", Start)
            .Using(P, At(1)).Lost(P, "It is lost.", At(lostAt), Settling);

        (table[P].State, table[P].Since, table[P].LastFailure, table[P].LastError).ShouldBe(
            (BrokerHostState.Down, At(lostAt), At(lostAt), "It is lost."));
        (table[P].Failures, table[B].Failures).ShouldBe((failures, failures));
    }

    [Fact]
    public void One_that_is_down_already_has_one_more_failure_however_long_it_was_down()
    {
        var table = HostTable.Of(Hosts, Start).Failed(P, "It is down.", Start).Lost(P, "It is lost.", At(100), Settling);

        (table[P].Failures, table[P].Since).ShouldBe((2, Start));
    }

    [Fact]
    public async Task Who_listens_is_told_of_each_host_whose_state_is_another_one_now()
    {
        var clock = new TestClock();
        var monitor = new HostMonitor(Hosts, PlainLogger.None, clock);
        var told = new List<string>();
        var all = new TaskCompletionSource();
        monitor.Changed += (sender, change) =>
        {
            told.Add($"{sender}: {change.Before.Host.Name} {change.Before.State} -> {change.Now.State}, {change.Reason}");
            if (told.Count == 3) all.SetResult();
        };

        monitor.Update((table, now) => table.Using(P, now), "connected", "us");
        monitor.Update((table, now) => table.Using(P, now), "nothing is new", "us");
        monitor.Update((table, now) => table.Using(B, now), "moved", "us");

        await all.Task.Within();
        told.ShouldBe(["us: p Unknown -> Ready, connected", "us: p Ready -> Unknown, moved", "us: b Unknown -> Ready, moved"]);
        States(monitor.Table).ShouldBe([BrokerHostState.Unknown, BrokerHostState.Ready, BrokerHostState.Unknown]);
    }

    private static DateTimeOffset At(int second) => Start.AddSeconds(second);

    private static IEnumerable<BrokerHostState> States(HostTable table) => table.Hosts.Select(host => host.State);
}
