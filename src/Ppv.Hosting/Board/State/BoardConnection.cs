namespace Ppv.Hosting.Board.State;

/// <summary>A connection to the brokers.</summary>
/// <param name="Owner">Whose it is: <c>gateway</c> or <c>worker</c>.</param>
/// <param name="IsReady">Whether orders can pass.</param>
/// <param name="Description">How it fares, as a sentence.</param>
/// <param name="Hosts">The hosts, the primary first.</param>
/// <param name="Failovers">How often another host than the one before was taken, since the start.</param>
/// <param name="LastFailoverAt">When that was last.</param>
/// <param name="FailbackInSeconds">When the preferred host is tried again, where another one is in use.</param>
/// <param name="Queues">The queues it serves or sends to.</param>
internal sealed record BoardConnection(
    string Owner,
    bool IsReady,
    string Description,
    IReadOnlyList<BoardHost> Hosts,
    int Failovers,
    DateTimeOffset? LastFailoverAt,
    double? FailbackInSeconds,
    IReadOnlyList<BoardQueue> Queues);
