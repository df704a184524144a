using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Figures;

/// <summary>How far the last call on a line came.</summary>
/// <param name="Latest">The last exchange; <see langword="null"/> when there was none.</param>
/// <param name="Event">Whether its EV was answered OK.</param>
/// <param name="Subscriber">Whether its EN was.</param>
/// <param name="Confirm">Whether its UP was.</param>
internal readonly record struct LineProgress(WizardExchange? Latest, bool Event, bool Subscriber, bool Confirm)
{
    /// <summary>A call that goes on after its confirm buys something else, so it begins anew.</summary>
    public LineProgress After(WizardExchange next)
    {
        var goesOn = Latest is { } last && last.Order.ConnectionId == next.Order.ConnectionId
            && last.Order.Command.Kind != PpvCommandKind.Confirm;
        var (before, isOk) = (goesOn ? this : default, next is { Outcome: RpcOutcome.Completed, Code: ResultCodes.Ok });
        return next.Order.Command.Kind switch
        {
            PpvCommandKind.Event => before with { Latest = next, Event = isOk },
            PpvCommandKind.Subscriber => before with { Latest = next, Subscriber = isOk },
            _ => before with { Latest = next, Confirm = isOk },
        };
    }
}
