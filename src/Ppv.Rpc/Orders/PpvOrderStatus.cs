namespace Ppv.Rpc;

/// <summary>The answer to an inquiry about an order. Immutable.</summary>
/// <param name="OrderId">The id of the order; of a purchase that was asked for by its key, that key.</param>
/// <param name="State">What is known.</param>
/// <param name="Code">Wizard's text or the worker's code; <see langword="null"/> when there is none.</param>
/// <param name="Reason">More about it, a sentence for a person, or <see langword="null"/>.</param>
public sealed record PpvOrderStatus(string OrderId, PpvOrderState State, string? Code, string? Reason)
{
    /// <summary>
    /// The purchase that the order is a part of: <see cref="Ppv.Protocol.PpvOrder.Subject"/>. <see langword="null"/> when it is a part of
    /// none, or the worker has no record of it.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>Since when the worker that answered has a record of all orders of its queue; <see langword="null"/>: not known.</summary>
    internal DateTimeOffset? CoveredSince { get; init; }
}
