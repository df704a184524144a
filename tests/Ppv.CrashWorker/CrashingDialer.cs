using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.CrashWorker;

/// <summary>Opens connections on which the process dies while it settles a confirm.</summary>
internal sealed class CrashingDialer(IBrokerDialer inner, Crash crash) : IBrokerDialer
{
    public async Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken) =>
        new CrashingConnection(await inner.DialAsync(host, clientName, cancellationToken), crash);
}
