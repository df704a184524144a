namespace Ppv.Protocol;

/// <summary>A command for one of Wizard's lines.</summary>
/// <param name="Line">The line it is for.</param>
/// <param name="Command">What to send.</param>
/// <param name="Deadline">
/// The moment after which it is not sent any more, because nobody waits for it (<see cref="DateTimeOffset.MaxValue"/>: no such moment).
/// Connecting and its retries end then; it is looked at again right before the first byte is written.
/// </param>
public readonly record struct WizardRequest(LineNumber Line, PpvCommand Command, DateTimeOffset Deadline)
{
    /// <summary>
    /// Asked right before the first byte is written, after connecting: why the command must not be sent any more, as a sentence; <see langword="null"/>: nothing
    /// speaks against it. With a reason the command fails as <see cref="WizardFailure.NotSent"/>. Default: nobody is asked. It must be quick and must not throw.
    /// </summary>
    public Func<string?>? Objection { get; init; }
}
