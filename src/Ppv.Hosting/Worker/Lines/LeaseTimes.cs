namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// Turns the times of leases and rests from what a machine's clock showed when they were written into those of a steady clock, and back.
/// What was written by a clock that was set since is not believed: no span between such times means anything. Pure.
/// </summary>
internal static class LeaseTimes
{
    /// <summary>So far ahead may be what was written: an NTP service slews a clock.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>No lease and no rest is asked for its age beyond this.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    /// <summary>Leases of a journal, by what the clock shows now.</summary>
    /// <param name="leases">The leases, by the clock that wrote them, in the order in which they came.</param>
    /// <param name="newest">When something was recorded last, by the same clock.</param>
    /// <param name="wall">What the machine's clock shows.</param>
    /// <param name="steady">What the steady clock shows.</param>
    /// <param name="uptime">How long this process has run, in which none of them was used.</param>
    /// <returns>
    /// The leases by the steady clock. How long the worker was down nobody can tell who has a clock that may have been set, so that lines
    /// rest, and confirms are known, as if it had been no time. One of the future counts as one of now. Where there is one, the clock was
    /// set back since, and what came before it is not open any more: an older one would look fresh. One whose command was cut off has
    /// ended when this process began.
    /// </returns>
    public static (IReadOnlyList<Lease> Leases, bool ClockWasSetBack) Read(
        IEnumerable<Lease> leases, DateTimeOffset newest, DateTimeOffset wall, DateTimeOffset steady, TimeSpan uptime)
    {
        var all = leases.ToList();
        var ofFuture = all.FindLastIndex(lease => lease.LastActivity - wall > Tolerance);
        var last = wall - newest > uptime ? newest + uptime : wall;
        var believed = all.Where((lease, at) => at > ofFuture || lease.State != LeaseState.Open);
        return (
            [.. believed.Select(lease => lease.IsCutOff
                ? lease with { LastActivity = steady - uptime }
                : Dated(lease, lease.State == LeaseState.Open ? wall : last, steady))],
            ofFuture >= 0);
    }

    /// <summary>
    /// What another worker has handed over. It says by its own clock how old all of it was then; how long ago that is only a comparison of
    /// two clocks could say, so it counts as just now: a lease then lives longer, and a line rests longer.
    /// </summary>
    /// <param name="told">What was handed over.</param>
    /// <param name="wall">What this machine's clock shows, for an earlier release that did not say when it was.</param>
    /// <param name="steady">What the steady clock shows.</param>
    /// <param name="longestRest">No line rests for longer.</param>
    public static LeaseSnapshot Read(LeaseSnapshot told, DateTimeOffset wall, DateTimeOffset steady, TimeSpan longestRest)
    {
        var at = told.At ?? wall;
        var rests = told.Rests.Select(rest => (rest.Line, Left: rest.Until - at)).Where(rest => rest.Left > TimeSpan.Zero);
        return new LeaseSnapshot(
            [.. told.Calls.Select(call => call with
            {
                Lease = call.Lease is { } lease && lease.LastActivity - at <= Tolerance ? Dated(lease, at, steady) : null,
                LastEnded = call.LastEnded is { } ended ? Dated(ended, at, steady) : null,
            }).Where(call => call is not { Lease: null, LastEnded: null })],
            [.. rests.Select(rest => new RestingLine(rest.Line, steady + (rest.Left < longestRest ? rest.Left : longestRest)))]);
    }

    /// <summary>What is handed over, by this machine's clock.</summary>
    /// <param name="kept">What is handed over, by the steady clock.</param>
    /// <param name="steady">What the steady clock shows.</param>
    /// <param name="offset">How far the machine's clock is ahead of it.</param>
    public static LeaseSnapshot Write(LeaseSnapshot kept, DateTimeOffset steady, TimeSpan offset) => new(
        [.. kept.Calls.Select(call => call with { Lease = Moved(call.Lease, offset), LastEnded = Moved(call.LastEnded, offset) })],
        [.. kept.Rests.Select(rest => rest with { Until = rest.Until + offset })])
    {
        At = steady + offset,
    };

    /// <summary>How a line stands, by this machine's clock.</summary>
    public static LineStatus Write(LineStatus line, TimeSpan offset) => offset == TimeSpan.Zero
        ? line
        : line with { Lease = Moved(line.Lease, offset), RestsUntil = line.RestsUntil + offset };

    private static Lease? Moved(Lease? lease, TimeSpan offset) =>
        lease is null ? null : lease with { Began = lease.Began + offset, LastActivity = lease.LastActivity + offset };

    private static Lease Dated(Lease lease, DateTimeOffset written, DateTimeOffset steady)
    {
        var age = written - lease.LastActivity;
        return lease with { LastActivity = steady - (age < TimeSpan.Zero ? TimeSpan.Zero : age < Oldest ? age : Oldest) };
    }
}
