using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>Whether one server at a time works on the queue, and what follows from that. Immutable.</summary>
internal sealed record LeadershipPolicy
{
    public required BrokerOptions Broker { get; init; }

    public required RpcOptions Rpc { get; init; }

    /// <summary>What the server remembers of those it serves; <see langword="null"/>: nothing.</summary>
    public required IHandover? Handover { get; init; }

    public required PlainLogger Logger { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Whether one server at a time works on the queue: its leader.</summary>
    public bool HasLeader => Rpc.SingleActiveConsumer ?? false;

    /// <summary>
    /// Whether leaders tell each other how they left. Brokers that know nothing of each other have a queue each, and workers of one queue
    /// on both would need records on both.
    /// </summary>
    public bool KeepsRecords => HasLeader && Handover is not null && Broker.Topology == BrokerTopology.Cluster;

    public ConsumerKind ConsumerKind => !HasLeader ? ConsumerKind.Shared
        : Rpc.QueueKind == QueueKind.Quorum ? ConsumerKind.SingleActive
        : ConsumerKind.Exclusive;

    /// <summary>
    /// Whether the queue chooses its consumer by itself, perhaps without a word to the one that it had chosen: only being served proves the
    /// leadership then, and the one before may not know yet that it has lost it.
    /// </summary>
    public bool IsByService => ConsumerKind == ConsumerKind.SingleActive;

    public QueueDeclaration Queue => new(Rpc.Queue, Rpc.QueueKind, Rpc.MessageTtl, Rpc.SingleActiveConsumer ?? true, MustMatch: HasLeader);
}
