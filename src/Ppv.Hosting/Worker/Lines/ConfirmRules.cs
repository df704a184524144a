using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>What becomes of a confirm that is not sent to Wizard. Pure.</summary>
/// <param name="options">Which commands a confirm needs before it.</param>
internal sealed class ConfirmRules(WorkerOptions options)
{
    /// <summary>
    /// The decision on a confirm that must not be sent; <see langword="null"/> when it may. It repeats one, and buys, only what was named
    /// under its own subject.
    /// </summary>
    public LineDecision? WithoutWizard(CallState call, PpvOrder confirm)
    {
        if (call.Confirmed is { } confirmed && confirmed.Subject == confirm.Subject)
        {
            var verdict = confirmed.State == LeaseState.Answered ? LineVerdict.ConfirmAnswered : LineVerdict.ConfirmUnknown;
            return new LineDecision(verdict, Lease: confirmed);
        }

        var named = call.Lease?.Named ?? default;
        var missing = options.RequiredBeforeConfirm & ~named.MetFor(confirm.Subject);
        var isOfAnother = named.IsOfAnother(confirm.Subject) || call.Confirmed is not null;
        return missing == ConfirmPrerequisites.None && !isOfAnother
            ? null
            : new LineDecision(LineVerdict.ConfirmRefused, Lease: call.Lease, Missing: missing, IsOfAnother: isOfAnother);
    }

    /// <summary>The decision on a command that is not sent because its time is over. Another confirm ahead of it may still buy.</summary>
    /// <param name="order">The command.</param>
    /// <param name="ahead">The commands of its call that came before it.</param>
    /// <param name="lease">Its call's lease.</param>
    public static LineDecision GivenUp(PpvOrder order, IEnumerable<LineRequest> ahead, Lease? lease) =>
        order.Command.Kind == PpvCommandKind.Confirm && ahead.LastOrDefault(other => !IsConfirmGivenUp(other))?.Order is { } confirm
        && confirm.Command == order.Command && confirm.Subject == order.Subject
            ? new LineDecision(LineVerdict.ConfirmPending, Lease: lease)
            : new LineDecision(LineVerdict.TooLate);

    private static bool IsConfirmGivenUp(LineRequest request) =>
        request is { Command: PpvCommandKind.Confirm, IsDecided: true, IsGranted: false };
}
