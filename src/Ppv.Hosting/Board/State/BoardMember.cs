namespace Ppv.Hosting.Board.State;

/// <summary>A gateway or a worker on the bus.</summary>
/// <param name="Id">Its own id, new with each start.</param>
/// <param name="Role"><c>gateway</c> or <c>worker</c>, or <c>client</c> for an application that sells.</param>
/// <param name="Machine">Its machine.</param>
/// <param name="ProcessId">Its process there.</param>
/// <param name="Version">Its version.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Queues">The queues that it serves or sends to.</param>
/// <param name="Place">A worker's: <c>leader</c>, <c>standby</c>, ...</param>
/// <param name="IsAlive">Whether it answers. One that did, and does not any more, without having said goodbye, is dead.</param>
/// <param name="LastSeenAt">When it answered last.</param>
/// <param name="IsSelf">Whether it is this program.</param>
/// <param name="Description">How it fares, as a sentence.</param>
internal sealed record BoardMember(
    string Id,
    string Role,
    string Machine,
    int ProcessId,
    string Version,
    DateTimeOffset StartedAt,
    IReadOnlyList<string> Queues,
    string? Place,
    bool IsAlive,
    DateTimeOffset LastSeenAt,
    bool IsSelf,
    string Description);
