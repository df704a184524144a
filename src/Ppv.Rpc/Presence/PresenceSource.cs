namespace Ppv.Rpc.Presence;

/// <summary>What the owner of a client or server has it say of itself.</summary>
/// <param name="Role">See <see cref="PresenceReport.Role"/>.</param>
internal sealed record PresenceSource(string Role)
{
    /// <summary>
    /// Adds to a report what only the owner knows. Called for each report, on a thread of the pool; what takes too long is left out.
    /// </summary>
    public Func<PresenceReport, CancellationToken, Task<PresenceReport>> Complete { get; init; } = (report, _) => Task.FromResult(report);
}
