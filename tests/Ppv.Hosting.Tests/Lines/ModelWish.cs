using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>An EV or EN that a caller asked for, and what he was told of it.</summary>
/// <param name="order">The order.</param>
/// <param name="number">Stands for its value: no other order has it.</param>
internal sealed class ModelWish(PpvOrder order, long number)
{
    public PpvOrder Order => order;

    public PpvCommandKind Kind => order.Command.Kind;

    public long Number => number;

    /// <summary>The lease in which Wizard said OK to it, and its caller was told so; <see langword="null"/>: neither.</summary>
    public string? OkLease { get; set; }
}
