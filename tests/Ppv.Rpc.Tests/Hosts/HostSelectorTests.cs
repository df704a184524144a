using CsCheck;
using Ppv.Rpc.Hosts;

namespace Ppv.Rpc.Tests.Hosts;

/// <summary>Which host is next: truth tables over what happened to a primary P, a backup B and a third host T, at which second.</summary>
public class HostSelectorTests
{
    private const int P = 0, B = 1;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Events: P! = P could not be used, P+ = P is in use, P- = P is lost, P# = P takes no messages, P* = somebody switched to P. Each
    // stands before its second.
    [Theory]
    [InlineData("", 0, "P")] // Nothing is known: the primary.
    [InlineData("P!@0", 0, "B")]
    [InlineData("P!@0 B!@0", 0, "P")]
    [InlineData("P!@0 B!@1 P!@2", 2, "B")]
    [InlineData("P+@0 P-@10", 10, "B")] // Lost: the other one first, without a pause.
    [InlineData("P+@0 P-@10 B!@10", 10, "P")] // That one is down as well: the lost one is tried before a round is over.
    [InlineData("P!@0 B+@0 B-@30", 30, "P")] // Both have failed within a minute: the one that failed longer ago.
    [InlineData("P!@0 B+@0 B-@90", 90, "P")] // The primary's failure is long ago.
    [InlineData("P+@0 P-@10 B+@10 P!@70 B-@80", 80, "P")]
    [InlineData("P+@0 P-@10 B+@10 B-@12", 75, "P")] // Forgotten and forgiven: the order of the configuration.
    [InlineData("B*@0", 0, "B")] // Somebody's wish counts as the configuration's order.
    [InlineData("B*@0 B+@0 B-@10", 10, "P")]
    [InlineData("B+@0 B-@10 P+@10 P-@14", 80, "P")] // What is forgiven is forgotten: it does not matter which one failed later.
    public void When_none_is_in_use(string happened, double now, string expected) =>
        Next(happened, now).Index.ShouldBe("PBT".IndexOf(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("", 0)]
    [InlineData("P!@0", 0)]
    [InlineData("P!@0 B!@0", 2)] // After a round, the step;
    [InlineData("P!@0 B!@0 P!@2", 0)] // not within one;
    [InlineData("P!@0 B!@0 P!@2 B!@2", 4)] // and more after the next.
    [InlineData("P+@0 P-@10", 0)]
    [InlineData("P+@0 P-@10 B!@10", 0)]
    [InlineData("P+@0 P-@10 B!@10 P!@10", 2)]
    [InlineData("P!@0 B!@0 P!@2 B!@2 P+@6 P-@16", 0)] // A connection that lasted ends the row of failures;
    [InlineData("P!@0 B!@0 P!@2 B!@2 P+@6 P-@7 B!@7", 6)] // one that broke at once does not.
    public void The_pause_comes_after_a_round_and_grows(string happened, double seconds) =>
        Next(happened, 20).Pause.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void The_pause_grows_by_whole_steps_and_ends_at_the_longest_also_where_that_is_no_multiple_of_a_step() =>
        Rounds(hosts: 1, perHost: 1, attempts: 5, step: 10, longest: 25).ShouldBe([(0, 0), (0, 10), (0, 20), (0, 25), (0, 25)]);

    [Fact]
    public void A_host_is_tried_as_often_in_a_row_as_the_option_says() =>
        Rounds(hosts: 2, perHost: 2, attempts: 8).ShouldBe([(0, 0), (0, 0), (1, 0), (1, 0), (0, 2), (0, 0), (1, 0), (1, 0)]);

    [Fact]
    public void Hosts_take_turns_in_their_order_and_a_round_has_no_pause_inside() =>
        Rounds(hosts: 3, perHost: 1, attempts: 7).ShouldBe([(0, 0), (1, 0), (2, 0), (0, 2), (1, 0), (2, 0), (0, 4)]);

    [Fact]
    public void With_one_host_the_pauses_are_the_old_rule() =>
        Rounds(hosts: 1, perHost: 1, attempts: 2000).Select(
            (attempt, number) => attempt.Pause - Math.Min(2 * number, 30)).ShouldAllBe(difference => difference == 0);

    [Theory]
    [InlineData("P+@0", P, 50, null, 0)] // On the preferred host: stay.
    [InlineData("P+@0 P-@10 B+@10", B, 20, "P", 70)] // Back a minute after its last failure,
    [InlineData("P+@0 P-@10 B+@10 P!@70", B, 80, "P", 130)] // which may be one of coming back.
    [InlineData("P+@0 P-@10 B+@10", B, 90, "P", 90)] // It is time.
    [InlineData("P!@0 B!@0 B+@1", B, 5, "P", 60)]
    [InlineData("B*@0 P+@0", P, 5, "B", 5)] // Somebody prefers the backup, and nothing speaks against it.
    [InlineData("P+@0 P#@10", P, 10, "B", 10)] // In an alarm: leave at once for a host that nothing is known against,
    [InlineData("B!@0 P+@0 P#@10", P, 10, "B", 60)] // but not for one that failed just now.
    [InlineData("P!@0 B+@0 B#@10", B, 10, "P", 60)]
    [InlineData("P+@0 P#@10 B+@10", B, 20, "P", 70)] // An alarm is a failure like others.
    [InlineData("B!@0 T!@5 P+@6 P#@10", P, 10, "B", 60)] // Of several, the one that can be used first,
    [InlineData("T!@0 B!@5 P+@6 P#@10", P, 10, "T", 60)]
    [InlineData("T*@0 P+@0 P#@10", P, 10, "T", 10)] // and of equals the preferred one.
    public void When_one_is_in_use(string happened, int current, double now, string? target, double at)
    {
        var move = HostSelector.Move(After(happened), current, new BrokerOptions(), Start.AddSeconds(now));
        move.ShouldBe(target is null ? null : ("PBT".IndexOf(target, StringComparison.Ordinal), Start.AddSeconds(at)));
    }

    [Theory]
    [InlineData("P+@0 P-@10 B+@10", B, 100_000)]
    [InlineData("B!@0 P+@0 P#@10", P, 100_000)]
    public void Without_a_failback_delay_nobody_goes_back_by_himself(string happened, int current, double now) =>
        HostSelector.Move(
            After(happened), current, new BrokerOptions { FailbackDelay = Timeout.InfiniteTimeSpan }, Start.AddSeconds(now)).ShouldBeNull();

    [Fact]
    public void Whatever_happened_the_next_host_exists_and_no_pause_is_longer_than_the_longest() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 5], Gen.Int[10, 60_000], Gen.Int[0, 600_000], Gen.Int[0, 4000].Array[0, 60],
            Gen.Int[0, int.MaxValue / 2]).Sample((hosts, perHost, step, more, events, start) =>
        {
            var options = new BrokerOptions
            {
                MaxRetriesPerHost = perHost,
                ReconnectDelay = TimeSpan.FromMilliseconds(step),
                MaxReconnectDelay = TimeSpan.FromMilliseconds(step + more),
            };
            var (table, now) = (Table(hosts), Start);
            table = table with { Hosts = [.. table.Hosts.Select(host => host with { Failures = start })] };
            foreach (var happened in events)
            {
                now += TimeSpan.FromSeconds(happened / 100);
                var host = happened % hosts;
                table = (happened / 10 % 4) switch
                {
                    0 => table.Using(host, now),
                    1 => table.Lost(host, "lost", now, options.ReconnectDelay),
                    2 => table.Blocked(host, "alarm", now),
                    _ => table.Failed(host, "failed", now),
                };
                var next = HostSelector.Next(table, options, now);
                next.Index.ShouldBeInRange(0, hosts - 1);
                next.Pause.ShouldBeInRange(TimeSpan.Zero, options.MaxReconnectDelay);
                if (HostSelector.Move(table, host, options, now) is { } move)
                {
                    move.Index.ShouldNotBe(host);
                    move.At.ShouldBeInRange(now, now + options.FailbackDelay);
                }
            }
        });

    private static (int Index, TimeSpan Pause) Next(string happened, double now) =>
        HostSelector.Next(After(happened), new BrokerOptions(), Start.AddSeconds(now));

    private static List<(int Index, double Pause)> Rounds(int hosts, int perHost, int attempts, int step = 2, int longest = 30)
    {
        var options = new BrokerOptions
        {
            MaxRetriesPerHost = perHost,
            ReconnectDelay = TimeSpan.FromSeconds(step),
            MaxReconnectDelay = TimeSpan.FromSeconds(longest),
        };
        var (table, result) = (Table(hosts), new List<(int, double)>());
        for (var now = Start; result.Count < attempts; now = now.AddMilliseconds(1))
        {
            var (index, pause) = HostSelector.Next(table, options, now);
            result.Add((index, pause.TotalSeconds));
            table = table.Failed(index, "It is down.", now += pause);
        }

        return result;
    }

    private static HostTable After(string happened) =>
        happened.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(Table(happened.Contains('T') ? 3 : 2), (table, text) =>
    {
        var (host, now) = ("PBT".IndexOf(text[0], StringComparison.Ordinal), Start.AddSeconds(
            double.Parse(text[(text.IndexOf('@', StringComparison.Ordinal) + 1)..])));
        return text[1] switch
        {
            '!' => table.Failed(host, "It is down.", now),
            '+' => table.Using(host, now),
            '-' => table.Lost(host, "It is lost.", now, TimeSpan.FromSeconds(2)),
            '#' => table.Blocked(host, "low on memory", now),
            _ => table with { Preferred = host },
        };
    });

    private static HostTable Table(int hosts) =>
        HostTable.Of(Enumerable.Range(0, hosts).Select(index => new BrokerHost($"host-{index}", 5672)), Start);
}
