using Ppv.Rpc.Presence;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>What people, and other servers, are told of the state of a session. Pure.</summary>
internal static class ServerSessionWords
{
    /// <param name="state">The state.</param>
    /// <param name="broker">The broker as people are told of it.</param>
    /// <param name="policy">Of the session.</param>
    /// <param name="isRecordMissing">Whether it leads, and could leave no record yet.</param>
    public static ConnectionStatus StatusOf(ServerSessionState state, string broker, LeadershipPolicy policy, bool isRecordMissing)
    {
        var (connected, queue) = ($"Connected to {broker}", policy.Rpc.Queue);
        return state switch
        {
            ServerSessionState.Starting or ServerSessionState.Refusing =>
                new ConnectionStatus(false, $"{connected}, and about to consume queue {queue}."),
            ServerSessionState.StandingBy => new ConnectionStatus(true, policy.IsByService
                ? $"{connected}, standing by: queue {queue} serves one server at a time, and did not serve this one yet."
                : $"{connected}, standing by: another server leads queue {queue}."),
            ServerSessionState.TakingOver => new ConnectionStatus(true, $"{connected}, taking over queue {queue}."),
            ServerSessionState.Serving => new ConnectionStatus(true, isRecordMissing
                ? $"{connected}. It could leave no record for the next leader of queue {queue} yet, and tries again: a server that takes "
                    + "over before it could starts over, or believes an older record."
                : $"{connected}."),
            _ => new ConnectionStatus(false, $"{connected}, and about to leave queue {queue}."),
        };
    }

    /// <summary>Where it stands among the servers of its queue: <see cref="PresencePlace"/>.</summary>
    public static string PlaceOf(ServerSessionState state, LeadershipPolicy policy) => state switch
    {
        ServerSessionState.Starting or ServerSessionState.Refusing => PresencePlace.Starting,
        ServerSessionState.StandingBy => policy.IsByService ? PresencePlace.Candidate : PresencePlace.Standby,
        ServerSessionState.TakingOver => PresencePlace.TakingOver,
        ServerSessionState.Serving => policy.HasLeader ? PresencePlace.Leader : PresencePlace.Shared,
        _ => PresencePlace.Leaving,
    };
}
