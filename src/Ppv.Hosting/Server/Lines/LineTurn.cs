namespace Ppv.Hosting;

/// <summary>What became of a command's wish for a line. When it was granted, the line is this command's until its end is reported, once.</summary>
/// <param name="decision">The verdict and what belongs to it.</param>
/// <param name="report">Takes the command's end and Wizard's answer, and gives the session after it.</param>
internal sealed class LineTurn(LineDecision decision, Func<CommandEnd, string?, CallSession?>? report = null) : IDisposable
{
    private Func<CommandEnd, string?, CallSession?>? _report = report;

    public LineDecision Decision => decision;

    /// <summary>Wizard answered.</summary>
    /// <returns>The session after it; <see langword="null"/> where there are no sessions.</returns>
    public CallSession? Answered(string text) => Report(CommandEnd.Answered, text);

    /// <summary>Not a byte was handed to the network.</summary>
    /// <returns>As <see cref="Answered"/>.</returns>
    public CallSession? NotSent() => Report(CommandEnd.NotSent, null);

    /// <summary>The command may have been sent and was not answered.</summary>
    /// <returns>As <see cref="Answered"/>.</returns>
    public CallSession? MaybeSent() => Report(CommandEnd.MaybeSent, null);

    /// <summary>Reports what must be feared when nothing was reported: that the command was sent.</summary>
    public void Dispose() => Interlocked.Exchange(ref _report, null)?.Invoke(CommandEnd.MaybeSent, null);

    private CallSession? Report(CommandEnd end, string? answer)
    {
        var report = Interlocked.Exchange(ref _report, null)
            ?? throw new InvalidOperationException($"There is no end to report: the verdict was {decision.Verdict}, or the end was reported already.");
        return report(end, answer);
    }
}
