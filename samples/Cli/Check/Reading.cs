namespace Ppv.Samples.Cli.Check;

/// <summary>A measured value, and the thresholds that hold for it.</summary>
/// <param name="Measure">What was measured.</param>
/// <param name="Value">The value, in the measure's unit.</param>
/// <param name="Warn">The threshold of a warning; <see langword="null"/> for none.</param>
/// <param name="Critical">The threshold of an alarm; <see langword="null"/> for none.</param>
internal sealed record Reading(Measure Measure, double Value, double? Warn, double? Critical)
{
    public CheckStatus Status => Crosses(Critical) ? CheckStatus.Critical : Crosses(Warn) ? CheckStatus.Warning : CheckStatus.Ok;

    /// <summary>What is wrong with it, as the part of a sentence; <see langword="null"/> when nothing is.</summary>
    public string? Complaint => Status == CheckStatus.Ok
        ? null
        : $"{Measure.Name} is {Measure.Show(Value)}, {(Measure.IsLowBad ? "below" : "above")} "
            + $"{Measure.Show((Status == CheckStatus.Critical ? Critical : Warn)!.Value)}";

    private bool Crosses(double? threshold) => threshold is { } limit && (Measure.IsLowBad ? Value < limit : Value > limit);
}
