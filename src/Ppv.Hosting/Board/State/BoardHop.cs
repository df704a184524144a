namespace Ppv.Hosting.Board.State;

/// <summary>One hop of an order's way.</summary>
/// <param name="Name"><c>gateway</c>, <c>broker</c>, <c>worker</c> or <c>wizard</c>.</param>
/// <param name="Level">How it fares.</param>
/// <param name="Description">What it is and how it fares, as a sentence.</param>
/// <param name="IsKnown">Whether figures of it are to be had: of this program, or from others over the bus.</param>
/// <param name="Latest">The last minute.</param>
/// <param name="Series">The last minutes, for a plot.</param>
internal sealed record BoardHop(
    string Name, BoardLevel Level, string Description, bool IsKnown, BoardFigures Latest, BoardSeries Series);
