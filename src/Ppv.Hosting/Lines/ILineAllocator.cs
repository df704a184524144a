using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>Gives out Wizard's lines, each to one command at a time. Safe for use by several threads.</summary>
internal interface ILineAllocator
{
    /// <summary>How many lines are in use now.</summary>
    LineUse Use { get; }

    /// <summary>How each line stands now, in the order of their numbers: a copy.</summary>
    IReadOnlyList<LineStatus> Lines { get; }

    /// <summary>Asks for the right to run one command on the call's line now.</summary>
    /// <param name="order">What is to be sent.</param>
    /// <param name="deadline">How long to wait for the line.</param>
    /// <param name="cancellationToken">Ends the wait; no line is held then.</param>
    /// <param name="onTakesAway">
    /// Called before this returns, at most once, when the order is an EV or EN that takes away what its call has named, or may have named
    /// by its turn, or has confirmed: see <see cref="LeaseTable.TakesAway"/>.
    /// </param>
    /// <returns>The verdict. To be disposed of when the command has ended, whatever the verdict.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the verdict.</exception>
    ValueTask<LineAccess> AcquireAsync(
        PpvOrder order, DateTimeOffset deadline, CancellationToken cancellationToken, Action? onTakesAway = null);

    /// <summary>
    /// Says how the caller of an EV or EN is told that it ended, which did not ask for a line: see <see cref="LeaseTable.Told"/>.
    /// </summary>
    /// <param name="order">The EV or EN; a confirm is passed over.</param>
    /// <param name="isOk">Whether he is told OK.</param>
    /// <returns>Whether the call has lost what it had named before, or may lose it.</returns>
    bool Told(PpvOrder order, bool isOk);
}

/// <summary>
/// What became of a command's wish for a line. When it was granted, the line is this command's until its end is reported, once.
/// </summary>
/// <param name="decision">The verdict and what belongs to it.</param>
/// <param name="report">Takes the command's end and Wizard's answer, and gives the lease after it.</param>
internal sealed class LineAccess(LineDecision decision, Func<CommandEnd, string?, Lease?>? report = null) : IDisposable
{
    private Func<CommandEnd, string?, Lease?>? _report = report;

    public LineDecision Decision => decision;

    /// <summary>Wizard answered.</summary>
    /// <returns>The lease after it; <see langword="null"/> where there are no leases.</returns>
    public Lease? Answered(string text) => Report(CommandEnd.Answered, text);

    /// <summary>Not a byte was handed to the network.</summary>
    /// <returns>As <see cref="Answered"/>.</returns>
    public Lease? NotSent() => Report(CommandEnd.NotSent, null);

    /// <summary>
    /// Nothing was sent, for a reason of this worker's own that will keep the call from going on: whoever waits may have its line.
    /// </summary>
    /// <returns>As <see cref="Answered"/>.</returns>
    public Lease? Refused() => Report(CommandEnd.Refused, null);

    /// <summary>The command may have been sent and was not answered.</summary>
    /// <returns>As <see cref="Answered"/>.</returns>
    public Lease? MaybeSent() => Report(CommandEnd.MaybeSent, null);

    /// <summary>A confirm was not sent, and somebody else may have sent it: the lease is over, and the line is free.</summary>
    /// <returns>As <see cref="Answered"/>.</returns>
    public Lease? Withheld() => Report(CommandEnd.Withheld, null);

    /// <summary>Reports what must be feared when nothing was reported: that the command was sent.</summary>
    public void Dispose() => Interlocked.Exchange(ref _report, null)?.Invoke(CommandEnd.MaybeSent, null);

    private Lease? Report(CommandEnd end, string? answer)
    {
        var report = Interlocked.Exchange(ref _report, null)
            ?? throw new InvalidOperationException(
                $"There is no end to report: the verdict was {decision.Verdict}, or the end was reported already.");
        return report(end, answer);
    }
}

/// <summary>How a command that was granted a line ended.</summary>
internal enum CommandEnd
{
    /// <summary>Wizard answered, whatever it said.</summary>
    Answered,

    /// <summary>Not a byte was handed to the network.</summary>
    NotSent,

    /// <summary>As <see cref="NotSent"/>, because this worker could not do its part.</summary>
    Refused,

    /// <summary>It may have been sent, and was not answered.</summary>
    MaybeSent,

    /// <summary>Nothing was handed to the network here, and it may have been elsewhere.</summary>
    Withheld,
}
