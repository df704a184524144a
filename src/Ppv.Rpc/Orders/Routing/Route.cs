using Ppv.Rpc.Messages;

namespace Ppv.Rpc.Orders.Routing;

/// <summary>Where an order belongs, or why that is not known.</summary>
/// <param name="Queue">The queue; <see langword="null"/> when the order must not be sent.</param>
/// <param name="NotSent">Why not.</param>
/// <param name="IsUnknown">Whether another confirm of its call may have been executed, which nobody can be asked for.</param>
internal readonly record struct Route(string? Queue, NotSent NotSent, bool IsUnknown)
{
    public static Route To(string queue) => new(queue, default, IsUnknown: false);

    public static Route NotFound(NotSent reason, bool isUnknown = false) => new(null, reason, isUnknown);
}
