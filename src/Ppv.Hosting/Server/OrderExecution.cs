using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>
/// Executes an order at most once, in six steps: recall (what the journal knows), line (the call's, from its lease), intent (of a confirm,
/// on disk), send (to Wizard), record (the result), answer. Safe for use by several threads, but one order id must not run twice at a time.
/// </summary>
internal sealed class OrderExecution(
    IWizardClient wizard, ILineAllocator lines, IOrderJournalStore journal, IOptions<PpvServerOptions> options, TimeProvider timeProvider,
    ILogger<OrderExecution> logger, OrderFigures? figures = null)
{
    /// <summary>How long an answer may wait for its record: a disk that is slower than this keeps no caller waiting.</summary>
    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The call's lease ends as after a confirm that was not answered, so that another confirm of the call does not buy either.
    /// </summary>
    private static readonly EarlierAttempt AnotherMayHaveHadIt = new(
        "This confirm was delivered or sent before, and this worker does not know what became of it; it is not sent to Wizard "
            + "again.", EndsLease: true);

    private readonly WorkerOptions _server = options.Value.Server;
    private readonly RepeatedConfirms _repeats = new(journal, options.Value.Server);

    /// <summary>What an order is told whose id another one has. That one's record stays as it is.</summary>
    public OrderAnswer AnotherOrderHasTheId() =>
        new(_server.InvalidOrderCode, RpcOutcome.NotExecuted, "Another order had this id before; every order needs an id of its own.");

    public async Task<OrderAnswer> ExecuteAsync(PpvOrder order, RpcRequestContext context, CancellationToken cancellationToken)
    {
        var entry = new JournalEntry { Order = order, Deadline = context.Deadline, ReceivedAt = timeProvider.GetUtcNow() };
        var (known, earlier) = await RecallAsync(entry, context, cancellationToken).ConfigureAwait(false);
        if (known is not null)
        {
            HostingTelemetry.Suppressed(order.Command);
            return known;
        }

        var answer = await ExecuteAsync(entry, earlier, context, cancellationToken).ConfigureAwait(false);
        if (earlier is null || answer.Outcome != RpcOutcome.NotExecuted) return answer;

        // That it was not sent now says nothing of an earlier time that can't be looked up; nor must the record of it.
        var unknown = Unavailable(RpcOutcome.Unknown, $"{answer.Reason} {earlier.Reason}");
        journal.Record(entry.With(unknown, JournalState.Unknown));
        return unknown;
    }

    private async Task<OrderAnswer> ExecuteAsync(
        JournalEntry entry, EarlierAttempt? earlier, RpcRequestContext context, CancellationToken cancellationToken)
    {
        using var access = await AcquireLineAsync(entry.Order, context, cancellationToken).ConfigureAwait(false);
        if (context.Fence.LostReason is { } lost) throw GiveBack(access, lost);
        if (earlier is not null && entry.IsConfirm && access.Decision.Verdict != LineVerdict.ConfirmAnswered)
            return await LeaveInDoubtAsync(entry, access, earlier).ConfigureAwait(false);
        if (access.Decision.Verdict != LineVerdict.Granted)
            return await RefuseAsync(entry, access.Decision, cancellationToken).ConfigureAwait(false);

        entry = entry with { Line = access.Decision.Line, LeaseId = access.Decision.Lease?.Id };
        try
        {
            if (await RecordIntentAsync(entry, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                access.NotSent();
                return NotExecuted(entry, _server.WizardUnavailableCode, refusal);
            }

            var (sentAt, sent) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
            var (answer, state) = await SendAsync(entry, access, context, cancellationToken).ConfigureAwait(false);
            figures?.Exchanged(entry.Line!.Value, new WizardExchange(
                sentAt, entry.Order, answer.Outcome, answer.Code, timeProvider.GetElapsedTime(sent)));
            return await RecordAsync(entry.With(answer, state), answer, access.Decision.Lease).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            // Its caller is told that the outcome is unknown: so must be who asks, and it must be listed.
            journal.Record(
                entry.With(Unavailable(RpcOutcome.Unknown, "The worker failed on this order; its log says why."), JournalState.Unknown));
            throw;
        }
    }

    /// <summary>
    /// Step 1, recall. Ends with the answer that the journal has, or with why the order may have been sent before, or with neither.
    /// </summary>
    private async Task<(OrderAnswer? Answer, EarlierAttempt? Earlier)> RecallAsync(
        JournalEntry entry, RpcRequestContext context, CancellationToken cancellationToken)
    {
        var anotherMayHaveHadIt = context is { PossibleDuplicate: true, OnlyOursBefore: false };
        JournalEntry? known;
        try
        {
            known = await JournalAnswers.FindAsync(journal, entry.Order.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException e)
        {
            return (null, new EarlierAttempt(e.Message, EndsLease: anotherMayHaveHadIt));
        }

        if (known is not null && !JournalRules.IsSameOrder(known.Order, entry.Order)) return (AnotherOrderHasTheId(), null);
        if (known is not null && JournalAnswers.ToAnswer(known, _server) is { } answer)
            return (known.IsConfirm ? answer : await TellWhenOnDiskAsync(known, answer).ConfigureAwait(false), null);
        return (null, known is null && anotherMayHaveHadIt && entry.IsConfirm ? AnotherMayHaveHadIt : null);
    }

    /// <summary>
    /// Step 2, line. Ends with the line, or a verdict against the order. A worker that stops lets no EV or EN wait: the line may be held by
    /// a call whose next command only the next worker will take. A confirm waits on, because the next worker could not know that it was not
    /// sent.
    /// </summary>
    private async Task<LineAccess> AcquireLineAsync(PpvOrder order, RpcRequestContext context, CancellationToken cancellationToken)
    {
        var stopping = order.Command.Kind == PpvCommandKind.Confirm ? CancellationToken.None : context.Stopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        using var activity = HostingTelemetry.StartLineWait(order.ConnectionId);
        var begun = timeProvider.GetTimestamp();
        var access = await lines.AcquireAsync(order.ConnectionId, order.Command.Kind, context.Deadline, end.Token).ConfigureAwait(false);
        HostingTelemetry.EndLineWait(activity, order.Command.Kind, access.Decision.Line, timeProvider.GetElapsedTime(begun));
        return access;
    }

    /// <summary>
    /// Step 2 for a confirm that nobody here has sent, and that may have been sent before all the same, by another worker or by an earlier
    /// process whose record can't be read: it must not go to Wizard twice, and nothing proves that it did not go. Ends as unknown.
    /// </summary>
    private async Task<OrderAnswer> LeaveInDoubtAsync(JournalEntry entry, LineAccess access, EarlierAttempt earlier)
    {
        if (access.Decision.Verdict == LineVerdict.Granted) _ = earlier.EndsLease ? access.MaybeSent() : access.NotSent();
        if (earlier.EndsLease) entry = entry with { Line = access.Decision.Line, LeaseId = access.Decision.Lease?.Id };
        var answer = Unavailable(RpcOutcome.Unknown, earlier.Reason);
        HostingTelemetry.Suppressed(entry.Order.Command);
        await RecordOnDiskAsync(entry.With(answer, JournalState.Unknown)).ConfigureAwait(false);
        return answer;
    }

    /// <summary>Step 2 for an order that gets no line. Ends with the answer of the confirm that it repeats, or as not executed.</summary>
    private async Task<OrderAnswer> RefuseAsync(JournalEntry entry, LineDecision decision, CancellationToken cancellationToken) =>
        decision.Verdict switch
    {
        LineVerdict.ConfirmAnswered or LineVerdict.ConfirmUnknown or LineVerdict.ConfirmPending =>
            await _repeats.AnswerAsync(entry, decision, cancellationToken).ConfigureAwait(false),
        LineVerdict.ConfirmRefused when decision.Lease is null
            && await _repeats.FindAnswerAsync(entry, cancellationToken).ConfigureAwait(false) is { } answer => answer,
        LineVerdict.ConfirmRefused =>
            NotExecuted(entry, _server.InvalidOrderCode,
                $"Wizard has not said OK to {Names(decision.Missing)} of this call on its line; start the call over."),
        LineVerdict.NoLine =>
            NotExecuted(entry, _server.InvalidOrderCode, "There is no connid, and Ppv:Server:NoConnIdLine names no line for such orders."),
        _ => NotExecuted(entry, _server.WizardUnavailableCode, "The caller's time was over before a line of Wizard was free."),
    };

    /// <summary>Step 3, intent: of a confirm, on disk. Ends with why that is not so, and then the confirm must not be sent.</summary>
    private async Task<string?> RecordIntentAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.IsConfirm)
        {
            journal.Record(entry);
            return null;
        }

        var left = entry.Deadline - timeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero) return "The caller's time was over before the confirm could be sent.";
        using var late = new CancellationTokenSource(left, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await journal.RecordIntentAsync(entry, end.Token).ConfigureAwait(false);
            return null;
        }
        catch (JournalUnavailableException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return "The journal did not record the confirm in the caller's time.";
        }
    }

    /// <summary>
    /// Step 4, send. Ends with Wizard's answer, as not executed (nothing was sent), as unknown, or with the order given back to the broker.
    /// </summary>
    /// <exception cref="OperationCanceledException">It goes back to the queue; nothing was sent. Never for a confirm.</exception>
    private async Task<(OrderAnswer Answer, JournalState State)> SendAsync(
        JournalEntry entry, LineAccess access, RpcRequestContext context, CancellationToken cancellationToken)
    {
        try
        {
            var request = new WizardRequest(entry.Line!.Value, entry.Order.Command, entry.Deadline) { Fence = context.Fence };
            var reply = await wizard.SendAsync(request, cancellationToken).ConfigureAwait(false);
            access.Answered(reply.Text);
            return (new OrderAnswer(reply.Text, RpcOutcome.Completed, null), JournalState.Completed);
        }
        catch (WizardException e) when (e.Failure == WizardFailure.NotSent)
        {
            if (!entry.IsConfirm && context.Fence.LostReason is { } lost) throw GiveBack(access, lost);
            access.NotSent();
            return (Unavailable(RpcOutcome.NotExecuted, e.Message), JournalState.NotExecuted);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            access.NotSent();
            if (!entry.IsConfirm) throw; // It goes back to the queue.
            return (Unavailable(RpcOutcome.NotExecuted, "The worker was stopped before the confirm was sent."), JournalState.NotExecuted);
        }
        catch (WizardException e)
        {
            access.MaybeSent();
            return (Unavailable(RpcOutcome.Unknown, e.Message), JournalState.Unknown);
        }
    }

    /// <summary>
    /// Steps 5 and 6, record and answer. A confirm's result is on disk before it is told; of EV and EN only what a crash must not make
    /// forgotten: what follows a confirm, for the next confirm would pass for a repeat of the last one, and what was not answered, for the
    /// call goes on in another lease.
    /// </summary>
    private async Task<OrderAnswer> RecordAsync(JournalEntry ended, OrderAnswer answer, Lease? lease)
    {
        if (ended.IsConfirm) await RecordOnDiskAsync(ended).ConfigureAwait(false);
        else if (lease is { FollowsAnother: true } || ended.State == JournalState.Unknown)
            return await TellWhenOnDiskAsync(ended, answer).ConfigureAwait(false);
        else journal.Record(ended);
        return answer;
    }

    /// <summary>
    /// An OK that a crash could make forgotten is none. Who asks again finds the answer in memory while the disk still has none, and is
    /// told no sooner.
    /// </summary>
    private async Task<OrderAnswer> TellWhenOnDiskAsync(JournalEntry ended, OrderAnswer answer)
    {
        var isOnDisk = await RecordOnDiskAsync(ended).ConfigureAwait(false);
        return isOnDisk || answer.Outcome != RpcOutcome.Completed ? answer
            : Unavailable(RpcOutcome.Unknown, "Wizard answered, but the journal could not record it in time. Send it again.");
    }

    /// <returns>Whether it is on disk; when not, it follows as soon as the disk takes it.</returns>
    private async Task<bool> RecordOnDiskAsync(JournalEntry ended)
    {
        try
        {
            return await journal.RecordResultAsync(ended, CancellationToken.None).WaitAsync(
                RecordLimit, timeProvider, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            ServerLog.ResultNotOnDisk(logger, ended.Order.Id, ended.State);
            return false;
        }
    }

    /// <summary>
    /// The order is not this worker's any more: nothing is told or recorded of it, and the broker gives it to whoever leads the queue.
    /// </summary>
    private static OperationCanceledException GiveBack(LineAccess access, string reason)
    {
        if (access.Decision.Verdict == LineVerdict.Granted) access.NotSent();
        return new OperationCanceledException(reason);
    }

    private OrderAnswer NotExecuted(JournalEntry entry, string code, string reason)
    {
        var answer = new OrderAnswer(code, RpcOutcome.NotExecuted, reason);
        journal.Record(entry.With(answer, JournalState.NotExecuted));
        return answer;
    }

    private OrderAnswer Unavailable(RpcOutcome outcome, string reason) => new(_server.WizardUnavailableCode, outcome, reason);

    private static string Names(ConfirmPrerequisites missing) => missing switch
    {
        ConfirmPrerequisites.Event => "the EV",
        ConfirmPrerequisites.Subscriber => "the EN",
        _ => "the EV and the EN",
    };

    /// <summary>
    /// Why nobody knows whether an order was sent before. A confirm is not sent then; an EV or EN is, for the last one counts.
    /// </summary>
    /// <param name="Reason">As a sentence.</param>
    /// <param name="EndsLease">
    /// Whether it may be the confirm of the call's lease. One that only can't be looked up is not: this process began the lease and knows
    /// its confirms, and were each line to rest, a broken journal would soon stop EV and EN too.
    /// </param>
    private sealed record EarlierAttempt(string Reason, bool EndsLease);
}
