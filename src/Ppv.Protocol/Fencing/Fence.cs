using System.Globalization;

namespace Ppv.Protocol;

/// <summary>
/// The right to write to Wizard: whose it is, since when, and why it is gone. It travels with a request from where the right was won (a
/// worker's leadership of its queue) to the last check before the first byte, so that nobody writes who has been replaced meanwhile. Safe
/// for use by several threads.
/// </summary>
/// <remarks>
/// Derive from it where a right can be lost, and use <see cref="Open"/> where none is needed. Once <see cref="LostReason"/> has said
/// something, it goes on to.
/// </remarks>
public abstract class Fence
{
    /// <summary>A fence that keeps nobody out: for those who write alone, such as tools and tests.</summary>
    public static Fence Open { get; } = new OpenFence();

    /// <summary>Who has the right, as people are told of it.</summary>
    public abstract string Holder { get; }

    /// <summary>Since when the holder has had it, by the clock of the day; <see cref="DateTimeOffset.MinValue"/>: ever.</summary>
    public abstract DateTimeOffset Since { get; }

    /// <summary>
    /// Why the right is gone, as a sentence; <see langword="null"/> while it stands. Evaluated at each call, quickly and without I/O: to be
    /// asked right before each act that must not be done by two.
    /// </summary>
    public abstract string? LostReason { get; }

    /// <summary>The holder, and since when, for messages.</summary>
    public sealed override string ToString() =>
        Since == DateTimeOffset.MinValue ? Holder : string.Create(CultureInfo.InvariantCulture, $"{Holder}, since {Since.UtcDateTime:u}");

    private sealed class OpenFence : Fence
    {
        public override string Holder => "anybody";

        public override DateTimeOffset Since => DateTimeOffset.MinValue;

        public override string? LostReason => null;
    }
}
