namespace Ppv.Hosting;

/// <summary>How a call gets one of Wizard's lines.</summary>
public enum LineAllocation
{
    /// <summary>
    /// A line belongs to one call from its first command until its confirm was answered. The formula's line is preferred, so that without a
    /// collision nothing changes. One worker at a time may serve the lines.
    /// </summary>
    Leased,

    /// <summary>
    /// The old formula alone: calls that collide share a line and can corrupt each other, as ever (contract §3); with an old file it counts
    /// from line 1. For a worker beside others, old or new, on one queue: since each of them sees only some of a call's commands, none can
    /// know what a line remembers, and confirms are sent unchecked.
    /// </summary>
    Modulo,
}
