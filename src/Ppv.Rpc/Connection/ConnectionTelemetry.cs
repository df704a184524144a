using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ppv.Protocol.Telemetry;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc.Connection;

/// <summary>What is measured of one supervised connection: the host in use, and each change of it.</summary>
/// <param name="role">Whose connection it is: <c>client</c> or <c>server</c>.</param>
/// <param name="hosts">All hosts. The failovers to each begin at 0, so that the first one is growth, too.</param>
/// <param name="identity">Which client, where it is one.</param>
/// <param name="inUse">The host in use now, if there is one.</param>
internal sealed class ConnectionTelemetry(
    string role, IReadOnlyList<BrokerHost> hosts, ClientIdentity identity, Func<BrokerHost?> inUse) : IDisposable
{
    private BrokerHost? _last;
    private IDisposable? _observation;

    /// <summary>A host is in use from now on.</summary>
    public void Using(BrokerHost host)
    {
        _observation ??= RpcTelemetry.ObserveHost(Observe);
        if (_last is null)
            foreach (var one in hosts) RpcTelemetry.Failovers.Add(0, TagsOf(one));
        if (_last is { } last) (last == host ? RpcTelemetry.Reconnects : RpcTelemetry.Failovers).Add(1, TagsOf(host));
        _last = host;
    }

    public void Dispose() => _observation?.Dispose();

    private Measurement<int>? Observe() => inUse() is { } host ? new Measurement<int>(1, TagsOf(host)) : null;

    private TagList TagsOf(BrokerHost host)
    {
        var tags = new TagList
        {
            { TelemetryNames.Role, role },
            { TelemetryNames.ServerAddress, host.Name },
            { TelemetryNames.ServerPort, host.Port },
        };
        identity.AddTo(ref tags);
        return tags;
    }
}
