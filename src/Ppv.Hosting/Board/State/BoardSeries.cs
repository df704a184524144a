namespace Ppv.Hosting.Board.State;

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
