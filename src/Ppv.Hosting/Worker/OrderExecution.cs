using Microsoft.Extensions.Options;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Telemetry;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Messages;

namespace Ppv.Hosting.Worker;

/// <summary>
/// Executes an order at most once, in six steps: recall (what the journal knows), line (the call's, from its lease), intent (of a confirm,
/// on disk), send (to Wizard), record (the result), answer. Safe for use by several threads, but one order id must not run twice at a time.
/// </summary>
internal sealed class OrderExecution(
    IWizardClient wizard, ILineAllocator lines, IOrderJournalStore journal, IOptions<PpvServerOptions> options, TimeProvider timeProvider,
    PlainLogger<OrderExecution> logger, OrderFigures? figures = null)
{
    /// <summary>How long an answer may wait for its record: a disk that is slower than this keeps no caller waiting.</summary>
    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(2);

    private readonly WorkerOptions _server = options.Value.Server;
    private readonly OrderRecall _recall = new(journal, options, timeProvider);
    private readonly RepeatedConfirms _repeats = new(journal, options.Value.Server, timeProvider, logger);

    public async Task<OrderAnswer> ExecuteAsync(PpvOrder order, RpcRequestContext context, CancellationToken cancellationToken)
    {
        var entry = new JournalEntry { Order = order, Deadline = context.Deadline, ReceivedAt = timeProvider.GetUtcNow() };
        var recall = await _recall.FindAsync(order, context, cancellationToken).ConfigureAwait(false);
        if (recall.Answer is not { } known) return await ExecuteAsync(entry, recall, context, cancellationToken).ConfigureAwait(false);
        HostingTelemetry.Suppressed(order.Command);
        await TellAgainAsync(entry, known.IsOk).ConfigureAwait(false);
        return known;
    }

    /// <summary>What an order is told whose id another one has, which runs now. That one's record stays as it is.</summary>
    public async Task<OrderAnswer> RefuseAsync(PpvOrder order, PpvOrder other, RpcRequestContext context)
    {
        await RepeatAsync(order, isOk: false, context).ConfigureAwait(false);
        return OrderAnswer.IdOfAnother(_server.InvalidOrderCode, other, order, _recall.CoveredBy(context));
    }

    /// <summary>The order is about to be told an answer that is not of this time.</summary>
    public Task RepeatAsync(PpvOrder order, bool isOk, RpcRequestContext context) =>
        TellAgainAsync(new JournalEntry { Order = order, Deadline = context.Deadline, ReceivedAt = timeProvider.GetUtcNow() }, isOk);

    /// <summary>
    /// An answer that is not of this time, or a refusal that is recorded nowhere, may take away what the call had named before. That must
    /// survive a crash as well, so it has a record of its own.
    /// </summary>
    private async Task TellAgainAsync(JournalEntry entry, bool isOk)
    {
        if (lines.Told(entry.Order, isOk)) await RecordOnDiskAsync(TakenAway(entry)).ConfigureAwait(false);
    }

    /// <summary>The record that what a call had named counts no more, although its orders' own records say OK.</summary>
    private JournalEntry TakenAway(JournalEntry by) => new()
    {
        Order = by.Order with { Id = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N") },
        Deadline = by.Deadline,
        ReceivedAt = timeProvider.GetUtcNow(),
        State = JournalState.NotExecuted,
        Reason = "It was asked for; what the call had named before counts no more.",
        RepeatOf = by.OrderId,
    };

    /// <summary>
    /// The record of an attempt that was cut off, now that the order's own record goes on with the next one: on its line, too, a command
    /// may be unanswered.
    /// </summary>
    private JournalEntry Earlier(JournalEntry attempt, JournalEntry next) => attempt with
    {
        Order = attempt.Order with { Id = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N") },
        ReceivedAt = next.ReceivedAt,
        State = JournalState.Unknown,
        Reason = "Its worker ended before Wizard had answered; it was sent once more.",
        RepeatOf = next.OrderId,
    };

    // Else somebody may have the line by now: whose record is the last one on it, his it is after a restart.
    private bool IsResting(LineNumber? number) => lines.Lines.Any(line => line.Line == number && line.RestsUntil is not null);

    private async Task<OrderAnswer> ExecuteAsync(
        JournalEntry entry, Recall recall, RpcRequestContext context, CancellationToken cancellationToken)
    {
        var past = recall.Past;
        if (recall.CutOff is { } attempt && IsResting(attempt.Line)) journal.Record(Earlier(attempt, entry));
        var (access, isTaken) = await EnterAsync(entry, context, cancellationToken).ConfigureAwait(false);
        using var _ = access;
        if (context.Fence.LostReason is { } lost) throw GiveBack(access, lost);
        if (past.New is null && entry.IsConfirm && (past.EndsLease || access.Decision.Verdict != LineVerdict.ConfirmAnswered))
            return await LeaveInDoubtAsync(entry, access, past).ConfigureAwait(false);
        if (access.Decision.Verdict != LineVerdict.Granted)
            return await RefuseAsync(entry, access.Decision, past, context, cancellationToken).ConfigureAwait(false);
        if (!isTaken)
        {
            var reason = Unrecorded(Reason.Of(
                "It follows what the call had asked for before, and the journal did not record that in time."));
            return Refused(access, NotSent(entry, _server.WizardUnavailableCode, reason, past));
        }

        entry = entry with { Line = access.Decision.Line, LeaseId = access.Decision.Lease?.Id };
        try
        {
            var mustBeRecorded = access.Decision.Lease?.MustBeRecorded ?? false;
            if (await RecordIntentAsync(entry, mustBeRecorded, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return Refused(access, NotSent(entry, _server.WizardUnavailableCode, refusal, past));
            }

            var (sentAt, sent) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
            var answer = await SendAsync(entry, access, past, context, cancellationToken).ConfigureAwait(false);
            figures?.Exchanged(entry.Line!.Value, new WizardExchange(
                sentAt, entry.Order, answer.Outcome, answer.Code, timeProvider.GetElapsedTime(sent)));
            // Step 5, record: a confirm's result is on disk before it is told. Of EV and EN that is what they take away: see EnterAsync.
            if (entry.IsConfirm) await RecordOnDiskAsync(entry.With(answer)).ConfigureAwait(false);
            else journal.Record(entry.With(answer));
            var told = entry.IsConfirm || !answer.IsOk || timeProvider.GetUtcNow() <= entry.Deadline
                ? answer
                : Unknown(Reason.Of("Wizard said OK when the caller's time was over. Send it again."));
            // What its caller is not told OK for, a confirm must not buy: so the call's next command waits until that is settled.
            if (answer.IsOk && !told.IsOk) journal.Record(TakenAway(entry)); // Its own record comes late, and says OK.
            if (!entry.IsConfirm && answer.Outcome == RpcOutcome.Completed) access.Answered(told.Outcome == RpcOutcome.Completed
                ? told.Code : "");
            return told;
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            // Its caller is told that the outcome is unknown: so must be who asks, and it must be listed.
            journal.Record(entry.With(Unknown(Reason.Of("The worker failed on this order; its log says why."))));
            throw;
        }
    }

    /// <summary>
    /// Takes the order's place on its line. What an EV or EN takes away counts no more from now on, however it ends: given back, it may
    /// come to nobody, and a crash must not bring the earlier one back. So that is on disk first, or the EV or EN is not sent.
    /// </summary>
    private async Task<(LineAccess Access, bool IsTaken)> EnterAsync(
        JournalEntry entry, RpcRequestContext context, CancellationToken cancellationToken)
    {
        Task<bool>? recording = null;
        var acquiring = AcquireLineAsync(
            entry.Order, () => recording = RecordOnDiskAsync(TakenAway(entry)), context, cancellationToken); // Its place is taken.
        if (recording is null) return (await acquiring.ConfigureAwait(false), true);
        await ((Task)recording).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (await acquiring.ConfigureAwait(false), recording.IsCompletedSuccessfully && await recording.ConfigureAwait(false));
    }

    /// <summary>
    /// Step 2, line. Ends with the line, or a verdict against the order. A worker that stops lets no EV or EN wait: the line may be held by
    /// a call whose next command only the next worker will take. A confirm waits on, because the next worker could not know that it was not
    /// sent.
    /// </summary>
    private async Task<LineAccess> AcquireLineAsync(
        PpvOrder order, Action onTakesAway, RpcRequestContext context, CancellationToken cancellationToken)
    {
        var stopping = order.Command.Kind == PpvCommandKind.Confirm ? CancellationToken.None : context.Stopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        using var activity = HostingTelemetry.StartLineWait(order.ConnectionId);
        var begun = timeProvider.GetTimestamp();
        var access = await lines.AcquireAsync(order, context.Deadline, end.Token, onTakesAway).ConfigureAwait(false);
        HostingTelemetry.EndLineWait(activity, order.Command.Kind, access.Decision.Line, timeProvider.GetElapsedTime(begun));
        return access;
    }

    /// <summary>
    /// Step 2 for a confirm that nobody here has sent, and that may have been sent before all the same, by another worker or by an earlier
    /// process whose record can't be read: it must not go to Wizard twice, and nothing proves that it did not go. Ends as unknown.
    /// </summary>
    private async Task<OrderAnswer> LeaveInDoubtAsync(JournalEntry entry, LineAccess access, IdPast past)
    {
        // Only then it counts as the lease's own: one that is over has ended with another confirm.
        var hasLine = access.Decision.Verdict == LineVerdict.Granted;
        if (hasLine && past.EndsLease) entry = entry with { Line = access.Decision.Line, LeaseId = access.Decision.Lease?.Id };
        var answer = Unknown(past.Doubt);
        HostingTelemetry.Suppressed(entry.Order.Command);
        var record = hasLine ? entry.With(answer) : _repeats.Unsent.Of(entry.With(answer));
        var isOnDisk = await RecordOnDiskAsync(record).ConfigureAwait(false);
        if (!hasLine) return answer;
        // Else a crash would give the line back to this call, after another one had it.
        if (!past.EndsLease) access.Refused();
        else if (isOnDisk) access.Withheld();
        else access.MaybeSent();
        return answer;
    }

    /// <summary>Step 2 for an order that gets no line. Ends with the answer of the confirm that it repeats, or as not executed.</summary>
    private async Task<OrderAnswer> RefuseAsync(
        JournalEntry entry, LineDecision decision, IdPast past, RpcRequestContext context, CancellationToken cancellationToken) =>
        decision.Verdict switch
    {
        LineVerdict.ConfirmAnswered or LineVerdict.ConfirmUnknown or LineVerdict.ConfirmPending =>
            await _repeats.AnswerAsync(entry, decision, cancellationToken).ConfigureAwait(false),
        LineVerdict.ConfirmRefused when (decision.Lease is null || decision.IsOfAnother)
            && await _repeats.FindAnswerAsync(entry, cancellationToken).ConfigureAwait(false) is { } answer => answer,
        LineVerdict.ConfirmRefused when decision.IsOfAnother => NotSent(entry, _server.InvalidOrderCode,
            Reason.Of("Another purchase on this call has named its own event and subscriber since; start the call over."), past),
        LineVerdict.ConfirmRefused => NotSent(entry, _server.InvalidOrderCode, Late(entry, context)
            ?? Reason.Of($"Wizard has not said OK to {Names(decision.Missing)} of this call on its line; start the call over."), past),
        LineVerdict.NoLine => NotSent(entry, _server.InvalidOrderCode,
            Reason.Of("There is no connid, and Ppv:Server:NoConnIdLine names no line for such orders."), past),
        LineVerdict.NoRoom => NotSent(entry, _server.WizardUnavailableCode,
            Reason.Of("As many orders wait for a line of Wizard as may; try again."), past),
        _ => NotSent(entry, _server.WizardUnavailableCode,
            Late(entry, context) ?? Reason.Of("The caller's time was over before a line of Wizard was free."), past),
    };

    /// <summary>Why an order was late when it came, as far as the clocks show it; <see langword="null"/> when it was not late.</summary>
    private static Reason? Late(JournalEntry entry, RpcRequestContext context) => entry.Deadline > entry.ReceivedAt
        ? null
        : context.ClockTrouble is { } trouble
            ? Reason.Said(trouble)
            : Reason.Of("The caller's time was over, by this worker's clock, when the order came: it has waited in the queue, or the "
                + "gateway's clock is behind.");

    /// <summary>
    /// Step 3, intent. What is sent is on record before: a confirm, and what gets a line that another call had until a moment ago, on disk;
    /// else in the journal's file, so that its line rests after a crash. Ends with why that is not so, and then it must not be sent; an EV
    /// or EN on the call's own line is sent also while the journal takes nothing.
    /// </summary>
    private async Task<Reason?> RecordIntentAsync(JournalEntry entry, bool mustBeRecorded, CancellationToken cancellationToken)
    {
        if (!entry.IsConfirm)
        {
            if (!mustBeRecorded) await RecordBegunAsync(entry).ConfigureAwait(false);
            else if (!await RecordOnDiskAsync(entry).ConfigureAwait(false))
                return Unrecorded(Reason.Of(
                    "Its line was another call's until a moment ago, and the journal did not record the change in time."));
            return null;
        }

        var left = RpcRules.Bounded(entry.Deadline - timeProvider.GetUtcNow());
        if (left <= TimeSpan.Zero) return Reason.Of("The caller's time was over before the confirm could be sent.");
        using var late = new CancellationTokenSource(left, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await journal.RecordIntentAsync(entry, end.Token).ConfigureAwait(false);
            return null;
        }
        catch (JournalUnavailableException e)
        {
            return e.Reason;
        }
        catch (OperationCanceledException)
        {
            return Reason.Of("The journal did not record the confirm in the caller's time.");
        }
    }

    /// <summary>
    /// Step 4, send. Ends with Wizard's answer, as not executed (nothing was sent), as unknown, or with the order given back to the broker.
    /// </summary>
    /// <exception cref="OperationCanceledException">It goes back to the queue; nothing was sent. Never for a confirm.</exception>
    private async Task<OrderAnswer> SendAsync(
        JournalEntry entry, LineAccess access, IdPast past, RpcRequestContext context, CancellationToken cancellationToken)
    {
        try
        {
            var request = new WizardRequest(entry.Line!.Value, entry.Order.Command, entry.Deadline) { Fence = context.Fence };
            var reply = await wizard.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (entry.IsConfirm) access.Answered(reply.Text);
            return OrderAnswer.Completed(reply.Text);
        }
        catch (WizardException e) when (e.Failure == WizardFailure.NotSent)
        {
            if (!entry.IsConfirm && context.Fence.LostReason is { } lost)
            {
                RecordGivenBack(entry);
                throw GiveBack(access, lost);
            }

            access.NotSent();
            return OrderAnswer.NotSent(_server.WizardUnavailableCode, new NotSent(e.Reason), past.New);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (!entry.IsConfirm) RecordGivenBack(entry);
            access.NotSent();
            if (!entry.IsConfirm) throw; // It goes back to the queue.
            return OrderAnswer.NotSent(
                _server.WizardUnavailableCode, new NotSent(Reason.Of("The worker was stopped before the confirm was sent.")), past.New);
        }
        catch (WizardException e)
        {
            access.MaybeSent();
            return Unknown(e.Reason);
        }
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
        catch (ObjectDisposedException)
        {
            ServerLog.ResultAfterClose(logger, ended.Order.Id, ended.State);
            return false;
        }
    }

    /// <summary>Nothing of it was sent, so it is on no line.</summary>
    private void RecordGivenBack(JournalEntry entry)
    {
        try
        {
            journal.Record(entry with { Line = null, LeaseId = null });
        }
        catch (ObjectDisposedException)
        {
            // Its line rests after the next start.
        }
    }

    private async Task RecordBegunAsync(JournalEntry entry)
    {
        using var end = new CancellationTokenSource(RecordLimit, timeProvider);
        await ((Task)journal.RecordBegunAsync(entry)).WaitAsync(end.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // The journal's own events say what is wrong.
    }

    /// <summary>
    /// The order is not this worker's any more: nothing is told or recorded of it, and the broker gives it to whoever leads the queue.
    /// </summary>
    private static OperationCanceledException GiveBack(LineAccess access, string reason)
    {
        if (access.Decision.Verdict == LineVerdict.Granted) access.NotSent();
        return new OperationCanceledException(reason);
    }

    /// <summary>It was not sent, and that is recorded as it is told.</summary>
    private OrderAnswer NotSent(JournalEntry entry, string code, Reason reason, IdPast past)
    {
        var answer = OrderAnswer.NotSent(code, new NotSent(reason), past.New);
        journal.Record(entry.With(answer));
        return answer;
    }

    /// <summary>What is recorded of the order comes before whatever the next one on the line records.</summary>
    private static OrderAnswer Refused(LineAccess access, OrderAnswer answer)
    {
        access.Refused();
        return answer;
    }

    private Reason Unrecorded(Reason what) =>
        journal.Problem is { } problem ? Reason.Of($"{what} Its disk takes nothing now.", $"{what.Told} {problem}") : what;

    private OrderAnswer Unknown(Reason reason) => OrderAnswer.Unknown(_server.WizardUnavailableCode, reason);

    private static Reason Names(ConfirmPrerequisites missing) => missing switch
    {
        ConfirmPrerequisites.Event => Reason.Of("the EV"),
        ConfirmPrerequisites.Subscriber => Reason.Of("the EN"),
        _ => Reason.Of("the EV and the EN"),
    };
}
