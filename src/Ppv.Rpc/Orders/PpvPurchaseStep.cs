namespace Ppv.Rpc;

/// <summary>The steps of a purchase, in their order.</summary>
public enum PpvPurchaseStep
{
    /// <summary>EV: the event is named.</summary>
    Event,

    /// <summary>EN: the subscriber is named.</summary>
    Subscriber,

    /// <summary>UP: it is bought.</summary>
    Confirm,
}
