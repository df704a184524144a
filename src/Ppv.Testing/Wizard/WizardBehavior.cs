namespace Ppv.Testing;

/// <summary>
/// How the simulator treats one command. Start from <see cref="Normal"/>: <c>WizardBehavior.Normal with { Stall = true }</c>. Immutable.
/// </summary>
/// <remarks>
/// What is asked for happens in this order: <see cref="ResetBeforeBooking"/>; the command is executed (EV and EN are remembered, UP is
/// booked); <see cref="Delay"/> and <see cref="Jitter"/>; <see cref="ResetAfterBooking"/>; <see cref="Stall"/>; the answer. With
/// <see cref="ExecuteLate"/> the command is executed after the delay.
/// </remarks>
public sealed record WizardBehavior
{
    /// <summary>The command is executed and answered at once, in one piece.</summary>
    public static WizardBehavior Normal { get; } = new();

    /// <summary>The time from the execution to the answer, 0 or more; see <see cref="ExecuteLate"/>. Default 0.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>A random time from 0 to this is added to <see cref="Delay"/>. Default 0.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>
    /// The command is executed after <see cref="Delay"/> and <see cref="Jitter"/>, not before: also when its caller has given up and left,
    /// and on a line that another call may have by then. That is what <c>Ppv:Server:LineRest</c> is for. Default <see langword="false"/>.
    /// Of a simulator that is stopped, or closes its connections, it is not executed.
    /// </summary>
    public bool ExecuteLate { get; init; }

    /// <summary>Each byte of the answer is sent by itself. Default <see langword="false"/>.</summary>
    public bool SplitReply { get; init; }

    /// <summary>The command is executed and never answered; the connection stays open. Default <see langword="false"/>.</summary>
    public bool Stall { get; init; }

    /// <summary>The connection is reset (RST) at once; the command is not executed. Default <see langword="false"/>.</summary>
    public bool ResetBeforeBooking { get; init; }

    /// <summary>
    /// The command is executed, then the connection is reset (RST) instead of an answer. Default <see langword="false"/>.
    /// </summary>
    public bool ResetAfterBooking { get; init; }

    /// <summary>
    /// The command is executed, then these bytes are sent as they are instead of an answer. Default: empty, a proper answer.
    /// </summary>
    public ReadOnlyMemory<byte> Garbage { get; init; }

    /// <summary>The command is executed, but the answer names the next line. Default <see langword="false"/>.</summary>
    public bool WrongLine { get; init; }

    /// <summary>
    /// The text of the answer, without line and <c>\r</c>. Any text but <c>OK</c> means that Wizard refuses: the command is not executed.
    /// Default <see langword="null"/>: what the command deserves.
    /// </summary>
    public string? ReplyText { get; init; }
}
