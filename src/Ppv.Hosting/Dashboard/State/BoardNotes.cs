namespace Ppv.Hosting;

/// <summary>How often each code was answered within a time.</summary>
/// <param name="Window"><c>5 min</c>, <c>1 h</c> or <c>24 h</c>.</param>
/// <param name="Total">All answers.</param>
/// <param name="Counts">The codes, the most frequent first; rare and strange ones together as <c>_OTHER</c>.</param>
internal sealed record BoardCodes(string Window, long Total, IReadOnlyList<BoardCode> Counts);

/// <summary>A code.</summary>
/// <param name="Code">As it stands in <c>callresult</c>.</param>
/// <param name="Count">How often it was answered.</param>
internal sealed record BoardCode(string Code, long Count);

/// <summary>Confirms that wait for somebody to find out what became of them.</summary>
/// <param name="Count">How many; <see langword="null"/> where there is no journal in this program, or it can't be read.</param>
/// <param name="Oldest">The oldest ones, at most 20.</param>
/// <param name="Problem">Why it is not known although there is a journal, as a sentence; <see langword="null"/> where it is, or there is
/// none.</param>
internal sealed record BoardUnknowns(int? Count, IReadOnlyList<BoardUnknown> Oldest, string? Problem = null);

/// <summary>A confirm whose outcome is unknown.</summary>
/// <param name="OrderId">The order: <c>ppv journal settle</c> takes it.</param>
/// <param name="Call">The call.</param>
/// <param name="Line">Wizard's line, where it got one.</param>
/// <param name="ReceivedAt">When the worker took it.</param>
/// <param name="Reason">Why it is not known, as a sentence.</param>
internal sealed record BoardUnknown(string OrderId, string Call, int? Line, DateTimeOffset ReceivedAt, string? Reason);

/// <summary>A warning or an error of the log.</summary>
/// <param name="At">When.</param>
/// <param name="Level"><c>warning</c>, <c>error</c> or <c>critical</c>.</param>
/// <param name="EventId">Which event: see <c>docs/events.md</c>.</param>
/// <param name="Message">Its text, as it stands in the log.</param>
internal sealed record BoardWarning(DateTimeOffset At, string Level, int EventId, string Message);
