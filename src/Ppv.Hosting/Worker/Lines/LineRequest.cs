using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

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
