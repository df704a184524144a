namespace Ppv.Protocol;

/// <summary>A command for one of Wizard's lines. Immutable.</summary>
/// <param name="Line">The line it is for.</param>
/// <param name="Command">What to send.</param>
/// <param name="Deadline">
/// The moment after which it is not sent any more, because nobody waits for it (<see cref="DateTimeOffset.MaxValue"/>: no such moment).
/// Connecting and its retries end then; it is looked at again right before the first byte is written.
/// </param>
public readonly record struct WizardRequest(LineNumber Line, PpvCommand Command, DateTimeOffset Deadline)
{
    private readonly Fence? _fence;

    /// <summary>
    /// The right to send it, looked at right before the first byte is written, after connecting: when it is lost, the command fails as
    /// <see cref="WizardFailure.NotSent"/> with <see cref="Fence.LostReason"/>. Default <see cref="Fence.Open"/>.
    /// </summary>
    public Fence Fence
    {
        get => _fence ?? Fence.Open;
        init => _fence = value;
    }
}
