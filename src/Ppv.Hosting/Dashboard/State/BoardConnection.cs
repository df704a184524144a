namespace Ppv.Hosting;

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

/// <summary>A host of RabbitMQ.</summary>
/// <param name="Host">Its address.</param>
/// <param name="State">Its state: see <c>BrokerHostState</c>.</param>
/// <param name="IsInUse">Whether orders pass over it.</param>
/// <param name="Since">Since when it has been in this state.</param>
/// <param name="LastError">What was wrong last, as a sentence.</param>
internal sealed record BoardHost(string Host, string State, bool IsInUse, DateTimeOffset Since, string? LastError);

/// <summary>A queue of orders.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Messages">Orders that wait in it; <see langword="null"/> when that is not known.</param>
/// <param name="Consumers">Who consumes it; <see langword="null"/> when that is not known.</param>
internal sealed record BoardQueue(string Name, long? Messages, long? Consumers);
