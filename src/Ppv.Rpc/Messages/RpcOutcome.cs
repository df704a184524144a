namespace Ppv.Rpc;

/// <summary>What is known of a request. There are three answers, never two: silence is not a no.</summary>
public enum RpcOutcome
{
    /// <summary>It was executed, and this is its answer.</summary>
    Completed,

    /// <summary>
    /// It was not executed, and that is proven for everything that was ever sent under its id. Asking for it once more is safe; under the
    /// same id a server that has said so says it again.
    /// </summary>
    NotExecuted,

    /// <summary>
    /// It may or may not have been executed: it was sent, and nobody said how it ended. What must not happen twice must not be sent again
    /// under a new id.
    /// </summary>
    Unknown,
}
