namespace Ppv.Hosting.Figures;

/// <summary>A warning or an error of the log.</summary>
/// <param name="At">When.</param>
/// <param name="Level"><c>warning</c>, <c>error</c> or <c>critical</c>.</param>
/// <param name="EventId">Which event: see <c>docs/events.md</c>.</param>
/// <param name="Message">Its text, as it stands in the log.</param>
internal sealed record BoardWarning(DateTimeOffset At, string Level, int EventId, string Message);
