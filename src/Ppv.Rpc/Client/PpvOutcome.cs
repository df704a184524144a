namespace Ppv.Rpc;

/// <summary>What is known of an order. There are three answers, never two: silence is not a no.</summary>
public enum PpvOutcome
{
    /// <summary>Wizard answered; its text is the result's code.</summary>
    Completed,

    /// <summary>Wizard was not asked, and that is proven. Sending the order again is safe.</summary>
    NotExecuted,

    /// <summary>Wizard may or may not have taken it: the message was sent, and no answer came. Don't send a confirm again under a new id.</summary>
    Unknown,
}
