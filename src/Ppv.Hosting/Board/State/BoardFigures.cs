namespace Ppv.Hosting.Board.State;

/// <summary>The figures of a span of time.</summary>
/// <param name="PerSecond">Orders per second.</param>
/// <param name="P50Milliseconds">The time in which half of them passed this hop; <see langword="null"/> when there were none.</param>
/// <param name="P99Milliseconds">The same for 99 of 100.</param>
/// <param name="Errors">Orders that failed at this hop.</param>
/// <param name="ErrorShare">The share of those, 0 to 1.</param>
/// <param name="Orders">All orders that passed.</param>
internal sealed record BoardFigures(
    double PerSecond, double? P50Milliseconds, double? P99Milliseconds, long Errors, double ErrorShare, long Orders = 0);
