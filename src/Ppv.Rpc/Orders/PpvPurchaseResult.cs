using Ppv.Protocol;

namespace Ppv.Rpc;

/// <summary>How a purchase ended. Immutable.</summary>
/// <param name="Key">The key of the purchase, to ask for it again: <see cref="IPpvClient.GetPurchaseStatusAsync"/>.</param>
/// <param name="Outcome">
/// What is known: <see cref="RpcOutcome.Completed"/>: Wizard answered the confirm, see <see cref="IsBought"/>.
/// <see cref="RpcOutcome.NotExecuted"/>: nothing was bought, and that is proven. <see cref="RpcOutcome.Unknown"/>: it may have been bought.
/// </param>
/// <param name="Step">The step that ended it.</param>
/// <param name="Code">
/// What was said to that step: Wizard's text or the worker's code; <see langword="null"/> when nobody said anything.
/// </param>
/// <param name="Reason">
/// Why it was not bought, or why that is unknown, as a sentence for a person; <see langword="null"/> when it was.
/// </param>
public sealed record PpvPurchaseResult(string Key, RpcOutcome Outcome, PpvPurchaseStep Step, string? Code, string? Reason)
{
    /// <summary>
    /// Whether Wizard said <c>OK</c> to the confirm. <see langword="false"/> is a no only when the outcome is not unknown.
    /// </summary>
    public bool IsBought => Outcome == RpcOutcome.Completed && Code == ResultCodes.Ok;

    /// <summary>
    /// Whether Wizard said no, at <see cref="Step"/> and with the text in <see cref="Code"/>: to the confirm, or to the event or the
    /// subscriber, which is <see cref="RpcOutcome.NotExecuted"/> because no confirm was sent. <see langword="false"/> for what broker and
    /// worker could not do, and while the outcome is unknown.
    /// </summary>
    public bool IsRefused { get; init; }

    /// <summary>
    /// Whether the key was used before for another event or subscriber; this one needs a key of its own, and was not sent now.
    /// <see cref="RpcOutcome.NotExecuted"/>: nothing was ever bought for it under the key. <see cref="RpcOutcome.Unknown"/>: it may have
    /// been, at an earlier time. Says nothing of what became of the other one.
    /// </summary>
    public bool IsKeyOfAnother { get; init; }
}
