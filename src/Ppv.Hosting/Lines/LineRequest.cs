using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>A command that asks for its call's line.</summary>
internal sealed class LineRequest(CallState call, PpvOrder order, long number)
{
    private readonly TaskCompletionSource<LineDecision> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An EV or EN that is not sent, and whose caller is told what it is told from elsewhere: it only takes its place.</summary>
    /// <param name="call">Its call.</param>
    /// <param name="order">The EV or EN.</param>
    /// <param name="number">The place in the order of arrival.</param>
    /// <param name="isOk">Whether its caller is told OK.</param>
    public static LineRequest NotSent(CallState call, PpvOrder order, long number, bool isOk)
    {
        var request = new LineRequest(call, order, number) { IsOk = isOk };
        request.Decide(new LineDecision(LineVerdict.TooLate));
        return request;
    }

    public CallState Call => call;

    /// <summary>Whether the caller of an order that is not sent is told OK.</summary>
    public bool IsOk { get; private init; }

    public PpvOrder Order => order;

    public PpvCommandKind Command => order.Command.Kind;

    /// <summary>The place in the order of arrival, which a call that gives its line away gets anew.</summary>
    public long Number { get; set; } = number;

    /// <summary>Ends when the verdict is there.</summary>
    public Task<LineDecision> Decision => _decision.Task;

    public bool IsDecided => _decision.Task.IsCompleted;

    /// <summary>Whether it has its line, and runs until it is completed.</summary>
    public bool IsGranted => IsDecided && Decision.Result.Verdict == LineVerdict.Granted;

    /// <summary>Whether it was not let in: it is not sent, whatever comes.</summary>
    public bool IsTurnedAway => IsDecided && Decision.Result.Verdict == LineVerdict.NoRoom;

    public void Decide(LineDecision decision) => _decision.SetResult(decision);
}

/// <summary>The verdict on a command that asked for a line, and what belongs to it.</summary>
/// <param name="Verdict">What is to be done.</param>
/// <param name="Line">The line, when it was granted.</param>
/// <param name="Lease">The lease that was granted the line, or whose confirm this one repeats.</param>
/// <param name="Missing">What a refused confirm lacks.</param>
/// <param name="IsOfAnother">Whether the line has it, named by another purchase.</param>
internal sealed record LineDecision(
    LineVerdict Verdict, LineNumber? Line = null, Lease? Lease = null, ConfirmPrerequisites Missing = ConfirmPrerequisites.None,
    bool IsOfAnother = false);

/// <summary>What is to be done with a command that asked for a line.</summary>
internal enum LineVerdict
{
    /// <summary>Send it: the line is this command's until its end is reported.</summary>
    Granted,

    /// <summary>The deadline came before a line. Nothing was sent.</summary>
    TooLate,

    /// <summary>As many wait as may. Nothing was sent.</summary>
    NoRoom,

    /// <summary>
    /// The deadline came while another confirm of the same lease was under way, which may still buy: the outcome is unknown.
    /// </summary>
    ConfirmPending,

    /// <summary>The lease's confirm was answered already: the answer is in <see cref="Lease.Answer"/>.</summary>
    ConfirmAnswered,

    /// <summary>The lease's confirm was sent and not answered: whether it bought is unknown, and it is not sent again.</summary>
    ConfirmUnknown,

    /// <summary>The confirm lacks <see cref="LineDecision.Missing"/>. Nothing was sent.</summary>
    ConfirmRefused,

    /// <summary>There is no connid, and no line for such orders. Nothing was sent.</summary>
    NoLine,
}
