namespace Ppv.Rpc;

/// <summary>
/// Which orders are sent again by themselves, with the same id, when the connection to the broker is lost while their answer is awaited.
/// </summary>
public enum ResendPolicy
{
    /// <summary>None: such an order ends as <see cref="RpcOutcome.Unknown"/>.</summary>
    Never,

    /// <summary>Event and subscriber numbers, but not the confirm. Safe even where an old worker shares the queue.</summary>
    EventAndSubscriber,

    /// <summary>
    /// Confirms too. The worker recognises the id and answers from its journal, or says <see cref="RpcOutcome.Unknown"/>; an old worker
    /// would buy twice, so none may be left on the queue.
    /// </summary>
    All,
}
