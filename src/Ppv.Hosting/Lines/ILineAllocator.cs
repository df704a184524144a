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
    /// <param name="call">The call; <see langword="null"/> for an order without connid.</param>
    /// <param name="command">What is to be sent.</param>
    /// <param name="deadline">How long to wait for the line.</param>
    /// <param name="cancellationToken">Ends the wait; no line is held then.</param>
    /// <returns>The verdict. To be disposed of when the command has ended, whatever the verdict.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the verdict.</exception>
    ValueTask<LineAccess> AcquireAsync(
        ConnectionId? call, PpvCommandKind command, DateTimeOffset deadline, CancellationToken cancellationToken);
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

    /// <summary>The command may have been sent and was not answered.</summary>
    /// <returns>As <see cref="Answered"/>.</returns>
    public Lease? MaybeSent() => Report(CommandEnd.MaybeSent, null);

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

    /// <summary>It may have been sent, and was not answered.</summary>
    MaybeSent,
}
