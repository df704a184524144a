using Ppv.Rpc.Brokers;
using Ppv.Rpc.Connection;

namespace Ppv.Rpc.Tests.Support;

/// <summary>An owner of supervised connections whose sessions are the connections themselves, and which does what a test says.</summary>
internal sealed class ScriptedOwner : ISessionOwner<IBrokerConnection>
{
    public Func<IBrokerConnection, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    public Action<IBrokerConnection> Ready { get; init; } = _ => { };

    public Action<long> Proven { get; init; } = _ => { };

    public Action<IBrokerConnection, string> Lost { get; init; } = (_, _) => { };

    public Func<IBrokerConnection, Task> Retire { get; init; } = _ => Task.CompletedTask;

    public Func<string?> WhyNotMove { get; init; } = () => null;

    public async Task<IBrokerConnection> PrepareAsync(IBrokerConnection connection, CancellationToken cancellationToken)
    {
        await Prepare(connection);
        return connection;
    }

    public void OnReady(IBrokerConnection session) => Ready(session);

    public void OnProven(IBrokerConnection session, long begunAt) => Proven(begunAt);

    public void OnLost(IBrokerConnection session, string reason) => Lost(session, reason);

    public Task RetireAsync(IBrokerConnection session) => Retire(session);

    public Task<string?> WhyNotMoveAsync(IBrokerConnection session, CancellationToken cancellationToken) => Task.FromResult(WhyNotMove());
}
