namespace Ppv.Rpc.Hosts;

/// <summary>Which host is used next, and when. Pure.</summary>
/// <remarks>
/// The old rule (contract §4) alternates between the hosts and pauses <c>min(2 * attempt, 30)</c> seconds after every attempt. Here the
/// pause grows the same way but comes after a round over all hosts, so that a dead primary does not delay the backup.
/// </remarks>
internal static class HostSelector
{
    /// <summary>The host to dial when none is in use, and how long to wait before.</summary>
    public static (int Index, TimeSpan Pause) Next(HostTable table, BrokerOptions options, DateTimeOffset now)
    {
        var indexes = Enumerable.Range(0, table.Hosts.Length);
        var next = indexes.MinBy(index => (
            RoundOf(table[index], options),
            IsInTurn(table[index], options) ? 0 : 1,
            SuspectSince(table[index], options, now) ?? DateTimeOffset.MinValue,
            index == table.Preferred ? 0 : 1,
            index));
        var round = RoundOf(table[next], options);
        var isRoundOver = indexes.All(index => RoundOf(table[index], options) == round && !IsInTurn(table[index], options));
        return (next, isRoundOver ? PauseAfter(round, options) : TimeSpan.Zero);
    }

    /// <summary>
    /// Where to go from a host that works, and when: back to the preferred one, or away from one that takes no messages;
    /// <see langword="null"/> when it is good where it is. A host that failed is left alone for <see cref="BrokerOptions.FailbackDelay"/>
    /// since then.
    /// </summary>
    public static (int Index, DateTimeOffset At)? Move(HostTable table, int current, BrokerOptions options, DateTimeOffset now)
    {
        var others = table[current].State == BrokerHostState.Blocked ? Enumerable.Range(0, table.Hosts.Length)
            .Where(index => index != current)
            : current != table.Preferred ? [table.Preferred]
            : [];
        var moves = others
            .Select(index => (Index: index, At: UsableAt(table[index], options, now)))
            .Where(move => move.At is not null)
            .OrderBy(move => (move.At, move.Index == table.Preferred ? 0 : 1, move.Index))
            .ToList();
        return moves.Count == 0 ? null : (moves[0].Index, moves[0].At!.Value);
    }

    private static DateTimeOffset? UsableAt(BrokerHostStatus host, BrokerOptions options, DateTimeOffset now) =>
        host.LastFailure is not { } failure ? now
        : options.FailbackDelay == Timeout.InfiniteTimeSpan ? null
        : failure + options.FailbackDelay is var at && at > now ? at
        : now;

    private static DateTimeOffset? SuspectSince(BrokerHostStatus host, BrokerOptions options, DateTimeOffset now) =>
        UsableAt(host, options, now) is { } at && at <= now ? null : host.LastFailure;

    private static int RoundOf(BrokerHostStatus host, BrokerOptions options) => host.Failures / options.MaxRetriesPerHost;

    /// <summary>Whether it was tried, and has more attempts in a row to come.</summary>
    private static bool IsInTurn(BrokerHostStatus host, BrokerOptions options) => host.Failures % options.MaxRetriesPerHost != 0;

    private static TimeSpan PauseAfter(int rounds, BrokerOptions options) =>
        rounds > options.MaxReconnectDelay.Ticks / options.ReconnectDelay.Ticks
            ? options.MaxReconnectDelay
            : options.ReconnectDelay * rounds;
}
