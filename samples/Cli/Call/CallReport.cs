using Ppv.Samples.Cli.Routes;

namespace Ppv.Samples.Cli.Call;

/// <summary>A call as <c>--json</c> prints it; times by one clock, durations in milliseconds.</summary>
/// <param name="ConnectionId">The call's id.</param>
/// <param name="To">Where the orders went.</param>
/// <param name="IsOk">Whether every step was answered OK.</param>
/// <param name="Connecting">How long opening the connection took.</param>
/// <param name="Steps">The steps that were sent.</param>
internal sealed record CallReport(
    string ConnectionId, string To, bool IsOk, IReadOnlyList<HopReport> Connecting, IReadOnlyList<StepReport> Steps);

/// <summary>One step.</summary>
internal sealed record StepReport
{
    public required string Command { get; init; }

    public required string Value { get; init; }

    public required string Request { get; init; }

    public DateTimeOffset? SendTime { get; init; }

    public DateTimeOffset? ResponseTime { get; init; }

    public double? ElapsedMs { get; init; }

    public IReadOnlyList<HopReport> Hops { get; init; } = [];

    public int? Status { get; init; }

    public string? Answer { get; init; }

    public string? Code { get; init; }

    public bool IsOk { get; init; }

    public string? Outcome { get; init; }

    public string? Reason { get; init; }

    public string? OrderId { get; init; }

    public string? Failure { get; init; }
}

/// <summary>A part of the way.</summary>
internal sealed record HopReport(string Name, double Ms)
{
    public static IReadOnlyList<HopReport> Of(IEnumerable<Hop> hops) =>
        [.. hops.Select(hop => new HopReport(hop.Name, hop.Duration.TotalMilliseconds))];
}
