using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Connection;

/// <summary>
/// Who owns a supervised connection: it makes a session of each connection that comes, and is told how the sessions fare.
/// </summary>
/// <typeparam name="TSession">What the owner makes of a prepared connection.</typeparam>
internal interface ISessionOwner<TSession>
    where TSession : class
{
    /// <summary>Declares and consumes what must be there before the connection is of use.</summary>
    /// <exception cref="BrokerException">The connection can't be used.</exception>
    Task<TSession> PrepareAsync(IBrokerConnection connection, CancellationToken cancellationToken);

    /// <summary>The session is the one in use from now on.</summary>
    void OnReady(TSession session);

    /// <summary>
    /// A probe of the session's connection that was begun at this timestamp (<see cref="TimeProvider.GetTimestamp"/>) has come back.
    /// </summary>
    void OnProven(TSession session, long begunAt);

    /// <summary>
    /// The session's connection is gone. Called once for each that was ready, also for those that were retired or stopped.
    /// </summary>
    void OnLost(TSession session, string reason);

    /// <summary>
    /// Another session is in use by now: completes when nothing is under way on this one, in a time that the owner bounds. Its connection
    /// is closed then.
    /// </summary>
    Task RetireAsync(TSession session);

    /// <summary>
    /// Why a session is not good enough to leave one that works for it, as a sentence; <see langword="null"/> when it is. Asked when moving
    /// only.
    /// </summary>
    Task<string?> WhyNotMoveAsync(TSession session, CancellationToken cancellationToken);
}
