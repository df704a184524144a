namespace Ppv.Hosting.Worker.Journal;

/// <summary>What a process leaves of the machine's clocks for the next one.</summary>
/// <param name="Agreed">For how long both have agreed.</param>
/// <param name="Seen">What the clock of the day showed.</param>
/// <param name="Uptime">What the monotonic clock showed: it begins anew with the machine.</param>
internal readonly record struct ClockMark(TimeSpan Agreed, DateTimeOffset Seen, TimeSpan Uptime);
