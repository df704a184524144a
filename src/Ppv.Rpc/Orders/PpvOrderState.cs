namespace Ppv.Rpc;

/// <summary>What the worker's journal knows of an order.</summary>
public enum PpvOrderState
{
    /// <summary>
    /// Wizard answered; its text is the status' code. For an unknown order that was settled as bought, the code is <c>OK</c>.
    /// </summary>
    Completed,

    /// <summary>Wizard was not asked, or an operator has settled that nothing was bought.</summary>
    NotExecuted,

    /// <summary>It is being executed now, or it may have been executed and nobody knows yet.</summary>
    Unknown,

    /// <summary>
    /// The worker has no record of it: it never came, it is older than the journal keeps, or another worker had it. That proves nothing.
    /// </summary>
    NeverSeen,

    /// <summary>The worker could not be asked; the reason says why. Ask again.</summary>
    Unavailable,
}
