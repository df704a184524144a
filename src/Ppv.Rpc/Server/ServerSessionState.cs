namespace Ppv.Rpc.Server;

/// <summary>The states of a server session, in their order.</summary>
internal enum ServerSessionState
{
    /// <summary>The queue is not consumed yet.</summary>
    Starting,

    /// <summary>The queue can't be served by this server alone, so it serves nothing until a person has acted.</summary>
    Refusing,

    /// <summary>Another server leads the queue, or may.</summary>
    StandingBy,

    /// <summary>This server leads the queue, and finds out what it may still believe.</summary>
    TakingOver,

    /// <summary>Requests are begun as they come.</summary>
    Serving,

    /// <summary>Requests that were begun are finished, and no others are.</summary>
    Leaving,

    /// <summary>It is over.</summary>
    Ended,
}
