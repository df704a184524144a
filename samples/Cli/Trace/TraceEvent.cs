namespace Ppv.Samples.Cli.Trace;

/// <summary>Something that is known of an order or a call.</summary>
/// <param name="At">When it was; <see langword="null"/> for what is so now.</param>
/// <param name="Source">Who knows it: <c>journal</c>, <c>gateway</c>, or the name of a log file.</param>
/// <param name="OrderId">The order; <see langword="null"/> where a log line does not say.</param>
/// <param name="Text">What was.</param>
internal sealed record TraceEvent(DateTimeOffset? At, string Source, string? OrderId, string Text);

/// <summary>All that was found.</summary>
/// <param name="Id">What was asked for.</param>
/// <param name="Events">In the order of time; what is so now comes last.</param>
/// <param name="NotAsked">The sources that were not asked, and why.</param>
/// <param name="IsKnown">Whether any of them knows of it; that a gateway has never seen it is no knowledge.</param>
/// <param name="HasFailed">Whether a source could not be asked, or not wholly.</param>
internal sealed record TraceResult(
    string Id, IReadOnlyList<TraceEvent> Events, IReadOnlyList<string> NotAsked, bool IsKnown, bool HasFailed);
