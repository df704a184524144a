namespace Ppv.Hosting.Worker.Lines;

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
