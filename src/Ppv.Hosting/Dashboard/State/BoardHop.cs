namespace Ppv.Hosting;

/// <summary>One hop of an order's way.</summary>
/// <param name="Name"><c>gateway</c>, <c>broker</c>, <c>worker</c> or <c>wizard</c>.</param>
/// <param name="Level">How it fares.</param>
/// <param name="Description">What it is and how it fares, as a sentence.</param>
/// <param name="IsKnown">Whether figures of it are to be had: of this program, or from others over the bus.</param>
/// <param name="Latest">The last minute.</param>
/// <param name="Series">The last minutes, for a plot.</param>
internal sealed record BoardHop(
    string Name, BoardLevel Level, string Description, bool IsKnown, BoardFigures Latest, BoardSeries Series);

/// <summary>The figures of a span of time.</summary>
/// <param name="PerSecond">Orders per second.</param>
/// <param name="P50Milliseconds">The time in which half of them passed this hop; <see langword="null"/> when there were none.</param>
/// <param name="P99Milliseconds">The same for 99 of 100.</param>
/// <param name="Errors">Orders that failed at this hop.</param>
/// <param name="ErrorShare">The share of those, 0 to 1.</param>
/// <param name="Orders">All orders that passed.</param>
internal sealed record BoardFigures(
    double PerSecond, double? P50Milliseconds, double? P99Milliseconds, long Errors, double ErrorShare, long Orders = 0);

/// <summary>Figures over time, the oldest first; all lists have one number for each step.</summary>
/// <param name="StepSeconds">How long a step is.</param>
/// <param name="PerSecond">Orders per second.</param>
/// <param name="P50Milliseconds">Half passed in this time; <see langword="null"/> for steps without any.</param>
/// <param name="P99Milliseconds">99 of 100 passed in this time.</param>
/// <param name="Errors">Orders that failed.</param>
internal sealed record BoardSeries(
    int StepSeconds,
    IReadOnlyList<double> PerSecond,
    IReadOnlyList<double?> P50Milliseconds,
    IReadOnlyList<double?> P99Milliseconds,
    IReadOnlyList<long> Errors);
