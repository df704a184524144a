using Ppv.Hosting.Telemetry;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>
/// Answers confirms that are not sent because their call has confirmed before: as the journal does, an operator's verdict included; else as
/// the memory does. What they are told is recorded, so that their status says the same. Safe for use by several threads.
/// </summary>
internal sealed class RepeatedConfirms(IOrderJournalStore journal, WorkerOptions server, TimeProvider timeProvider, PlainLogger logger)
{
    private static readonly Reason NobodysCall = Reason.Of("A confirm of this call is on record that came when a gateway knew its clients "
        + "and another one did not. It may be this one; ask for its status.");

    /// <summary>How they are recorded.</summary>
    public UnsentRecords Unsent { get; } = new(timeProvider, logger);

    /// <summary>The answer to a confirm that repeats the one of a lease in memory.</summary>
    /// <param name="entry">The confirm.</param>
    /// <param name="decision">The verdict, and the lease that the repeat belongs to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OrderAnswer> AnswerAsync(JournalEntry entry, LineDecision decision, CancellationToken cancellationToken)
    {
        var (lease, remembered) = (decision.Lease, InMemory(decision));
        var (first, reason) = await FindFirstAsync(entry, cancellationToken).ConfigureAwait(false) ?? (null, (Reason?)null);
        if (lease is null || first?.LeaseId != lease.Id) first = null; // It was another purchase.
        if (remembered.Outcome == RpcOutcome.Completed) return Tell(entry, first, remembered);
        if (first is not null) return Tell(entry, first, OrderAnswer.OnRecord(first, server) ?? remembered);
        return Tell(entry, null, reason is null ? remembered : remembered.Because(reason.Value));
    }

    /// <summary>
    /// The answer to a confirm of a call that has no lease, if only the journal knows of an earlier confirm; <see langword="null"/> when it
    /// knows of none.
    /// </summary>
    /// <param name="entry">The confirm.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OrderAnswer?> FindAnswerAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        if (await FindFirstAsync(entry, cancellationToken).ConfigureAwait(false) is not var (first, reason))
        {
            return await IsConfirmedInAnotherFormAsync(entry, cancellationToken).ConfigureAwait(false)
                ? Tell(entry, null, Unknown(NobodysCall))
                : null;
        }

        if (first is { State: JournalState.Intent or JournalState.Unknown })
            return Tell(entry, first, OrderAnswer.OnRecord(first, server)!);
        // What the call asked for since may have gone with a crash: an OK could be a lie.
        return Tell(entry, null, Unknown(reason ?? Reason.Of(
            "The call was confirmed before, and what it asked for since is not known. Ask for the first confirm's status.")));
    }

    private OrderAnswer InMemory(LineDecision decision) => decision.Verdict == LineVerdict.ConfirmAnswered
        ? OrderAnswer.Completed(decision.Lease!.Answer!)
        : Unknown(Reason.Of("The call's confirm was sent before, and its outcome is unknown; it is not sent to Wizard again."));

    /// <summary>The call's last confirm, or why the journal can't tell; <see langword="null"/> when it knows of none.</summary>
    private async Task<(JournalEntry? First, Reason? Reason)?> FindFirstAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return entry.Order.ConnectionId is { } call
                && await journal.FindConfirmAsync(call, entry.Order.Subject, cancellationToken).ConfigureAwait(false) is { } first
                ? (first, null)
                : null;
        }
        catch (JournalUnavailableException e)
        {
            return (null, e.Reason);
        }
    }

    private async Task<bool> IsConfirmedInAnotherFormAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return entry.Order.ConnectionId is { } call
                && await journal.IsConfirmedInAnotherFormAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException)
        {
            return true; // Who knows.
        }
    }

    private OrderAnswer Tell(JournalEntry entry, JournalEntry? first, OrderAnswer answer)
    {
        HostingTelemetry.Suppressed(entry.Order.Command);
        journal.Record(Unsent.Of(entry.With(answer) with { RepeatOf = first?.Order.Id }));
        return answer;
    }

    private OrderAnswer Unknown(Reason reason) => OrderAnswer.Unknown(server.WizardUnavailableCode, reason);
}
