namespace Ppv.Hosting.Board.State;

/// <summary>All in all.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Since">Since when it has been on this level.</param>
/// <param name="Reasons">Why, as full sentences, the worst first; empty when all is well.</param>
internal sealed record BoardVerdict(BoardLevel Level, DateTimeOffset Since, IReadOnlyList<string> Reasons);
