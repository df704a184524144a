namespace Ppv.Hosting.Figures;

/// <summary>How often each code was answered within a time.</summary>
/// <param name="Window"><c>5 min</c>, <c>1 h</c> or <c>24 h</c>.</param>
/// <param name="Total">All answers.</param>
/// <param name="Counts">The codes, the most frequent first; rare and strange ones together as <c>_OTHER</c>.</param>
internal sealed record BoardCodes(string Window, long Total, IReadOnlyList<BoardCode> Counts);
