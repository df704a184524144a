using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Connection;

/// <summary>What the owner of supervised connections does as they come and go.</summary>
/// <typeparam name="TSession">What the owner makes of a prepared connection.</typeparam>
internal sealed record SessionLife<TSession>
    where TSession : class
{
    /// <summary>Declares and consumes what must be there before the connection is of use.</summary>
    public required Func<IBrokerConnection, CancellationToken, Task<TSession>> PrepareAsync { get; init; }

    /// <summary>The session is the one in use from now on.</summary>
    public Action<TSession> Ready { get; init; } = static _ => { };

    /// <summary>A probe of the session's connection that was begun at this timestamp (<see cref="TimeProvider.GetTimestamp"/>) has come back.</summary>
    public Action<TSession, long> Proven { get; init; } = static (_, _) => { };

    /// <summary>The session's connection is gone. Called once for each that was ready, also for those that were retired or stopped.</summary>
    public Action<TSession, string> Lost { get; init; } = static (_, _) => { };

    /// <summary>
    /// Another session is in use by now: completes when nothing is under way on this one, in a time that the owner bounds. Its connection is closed then.
    /// </summary>
    public Func<TSession, Task> RetireAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>
    /// Why a session is not good enough to leave one that works for it, as a sentence; <see langword="null"/> when it is. Asked when moving only.
    /// </summary>
    public Func<TSession, CancellationToken, Task<string?>> WhyNotMoveAsync { get; init; } = static (_, _) => Task.FromResult<string?>(null);
}
