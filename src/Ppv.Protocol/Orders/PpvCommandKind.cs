namespace Ppv.Protocol;

/// <summary>The three commands that make one purchase, in the order in which a call sends them (contract §1).</summary>
public enum PpvCommandKind
{
    /// <summary><c>EV</c>: the number of the event to buy.</summary>
    Event,

    /// <summary><c>EN</c>: the number of the subscriber who buys.</summary>
    Subscriber,

    /// <summary><c>CONFIRM</c> = <c>UP</c>: the purchase itself.</summary>
    Confirm,
}
