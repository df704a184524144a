using Ppv.Protocol;

namespace Ppv.CrashWorker;

/// <summary>A way to Wizard on which the process dies with the answer to a confirm in its hand.</summary>
internal sealed class CrashingWizardClient(IWizardClient inner, CrashingJournal journal, Crash crash) : IWizardClient
{
    public async Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default)
    {
        var reply = await inner.SendAsync(request, cancellationToken);
        // Wizard's protocol has no order ids; the journal was told which confirm this is.
        if (request.Command.Kind == PpvCommandKind.Confirm) crash.Reached(CrashPoint.AfterAnswer, journal.Intended);
        return reply;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
