using Ppv.Hosting.Health;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Hosting.Board.Views;

/// <summary>A connection to the brokers, and what is known of it.</summary>
/// <param name="Readiness">Whose it is and how it fares.</param>
/// <param name="Switch">Which hosts there are, and when that changes.</param>
/// <param name="Options">What decides when another host is used.</param>
/// <param name="Queues">The queues it serves or sends to.</param>
/// <param name="Connections">What is connected now.</param>
internal sealed record LinkSources(
    BrokerReadiness Readiness, IBrokerSwitch Switch, BrokerOptions Options, IReadOnlyList<string> Queues,
    Func<IEnumerable<IBrokerConnection>> Connections);
