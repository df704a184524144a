using Ppv.Rpc;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>What became of a confirm at which the worker died.</summary>
/// <param name="Asked">How many UPs reached Wizard.</param>
/// <param name="Bought">How often Wizard booked the caller's pair of event and subscriber.</param>
/// <param name="ToldBeforeRestart">Whether the caller had its answer while the worker was dead.</param>
/// <param name="Answer">What the caller was told.</param>
/// <param name="Repeated">What the same order was told when it was sent again after the restart.</param>
/// <param name="Status">What the journal said of the order then.</param>
/// <param name="RepeatedOnCall">What another confirm of the same call, with an id of its own, was told after that.</param>
/// <param name="BoughtAfterAll">How often Wizard has booked the pair in the end.</param>
internal sealed record CrashOutcome(
    int Asked, int Bought, bool ToldBeforeRestart, string Answer, string Repeated, string Status, string RepeatedOnCall, int BoughtAfterAll)
{
    public static string Text(PpvResult result) => $"{result.Outcome} {result.Code}";

    /// <summary>A status has a code only when Wizard gave one; what else stands there is for people.</summary>
    public static string Text(PpvOrderStatus status) =>
        status.State == PpvOrderState.Completed ? $"{status.State} {status.Code}" : status.State.ToString();
}
