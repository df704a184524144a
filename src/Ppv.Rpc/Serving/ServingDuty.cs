using Microsoft.Extensions.Logging;
using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Serving;

/// <summary>What all connections of a server have in common.</summary>
internal sealed record ServingDuty
{
    public required BrokerOptions Broker { get; init; }

    public required RpcOptions Rpc { get; init; }

    public required DeliveryWorker Worker { get; init; }

    /// <summary>What the server remembers of those it serves; <see langword="null"/>: nothing.</summary>
    public required ISuccession? Succession { get; init; }

    public required ILogger Logger { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>All requests that are being worked on, those of earlier connections among them.</summary>
    public RunningTasks Running { get; } = new();

    /// <summary>The server stops: what only waits ends, whatever connection it came from.</summary>
    public CancellationTokenSource StopBegins { get; } = new();

    /// <summary>The server's time to stop is over.</summary>
    public CancellationTokenSource StopIsOver { get; } = new();

    /// <summary>Whether one server at a time works on the queue.</summary>
    public bool IsAlone => Rpc.SingleActiveConsumer ?? false;

    /// <summary>
    /// Whether servers tell each other how they left. Brokers that know nothing of each other have a queue each, and workers of one queue on both would need
    /// notes on both.
    /// </summary>
    public bool KeepsNotes => IsAlone && Succession is not null && Broker.Topology == BrokerTopology.Cluster;

    /// <summary>Whether it is known who served the queue before, and how long a request can have been in it: its arguments were checked.</summary>
    public bool KnowsItsQueue => KeepsNotes && Rpc.QueueKind != QueueKind.Passive;

    public ConsumerKind ConsumerKind => !IsAlone ? ConsumerKind.Shared : Rpc.QueueKind == QueueKind.Quorum ? ConsumerKind.SingleActive : ConsumerKind.Exclusive;

    public QueueDeclaration Queue => new(Rpc.Queue, Rpc.QueueKind, Rpc.MessageTtl, Rpc.SingleActiveConsumer ?? true, MustMatch: IsAlone);
}
