namespace Ppv.Hosting.Board.State;

/// <summary>Confirms that wait for somebody to find out what became of them.</summary>
/// <param name="Count">How many; <see langword="null"/> where there is no journal in this program, or it can't be read.</param>
/// <param name="Oldest">The oldest ones, at most 20.</param>
/// <param name="Problem">Why it is not known although there is a journal, as a sentence; <see langword="null"/> where it is, or there is
/// none.</param>
internal sealed record BoardUnknowns(int? Count, IReadOnlyList<BoardUnknown> Oldest, string? Problem = null);
