namespace Ppv.Samples.Embedding;

/// <summary>What the shop knows of a cart.</summary>
public enum CartState
{
    /// <summary>It is being bought, or it may have been. Every cart begins like this: the shop may be killed at any moment.</summary>
    Unknown,

    /// <summary>It was bought.</summary>
    Bought,

    /// <summary>The billing system said no; the code says why. Nothing was bought.</summary>
    Refused,

    /// <summary>Nothing was bought, and that is proven: it can be tried again.</summary>
    NotBought,
}
