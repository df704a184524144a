namespace Ppv.Rpc.Serving;

/// <summary>How far the serving over one connection is.</summary>
internal enum ServingPhase
{
    /// <summary>The queue is not consumed yet.</summary>
    Starting,

    /// <summary>Another server has the queue, or may have it.</summary>
    StandingBy,

    /// <summary>The queue is this server's, and it finds out what it may still believe.</summary>
    Entering,

    /// <summary>Requests are begun as they come.</summary>
    Serving,

    /// <summary>Requests that were begun are finished, and no others are.</summary>
    Leaving,

    /// <summary>It is over.</summary>
    Ended,
}
