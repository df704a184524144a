namespace Ppv.Hosting.Board.State;

/// <summary>What passed on one line: the JSON of <c>/board/lines/{number}</c>, the newest first.</summary>
/// <param name="Number">The line.</param>
/// <param name="Exchanges">The last ones, at most 20.</param>
internal sealed record BoardLineDetails(int Number, IReadOnlyList<BoardExchange> Exchanges);
