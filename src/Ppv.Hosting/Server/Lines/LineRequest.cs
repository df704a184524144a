using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>A command that asks for its call's line.</summary>
internal sealed class LineRequest(CallState call, PpvCommandKind command, long number)
{
    private readonly TaskCompletionSource<LineDecision> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallState Call => call;

    public PpvCommandKind Command => command;

    /// <summary>The place in the order of arrival.</summary>
    public long Number => number;

    /// <summary>Ends when the verdict is there.</summary>
    public Task<LineDecision> Decision => _decision.Task;

    public bool IsDecided => _decision.Task.IsCompleted;

    /// <summary>Whether it has its line, and runs until it is completed.</summary>
    public bool IsGranted => IsDecided && Decision.Result.Verdict == LineVerdict.Granted;

    public void Decide(LineDecision decision) => _decision.SetResult(decision);
}
