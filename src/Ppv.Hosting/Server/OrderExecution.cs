using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>
/// Executes an order at most once: what the journal knows, the call's line, the intent on disk, Wizard, the result. Safe for use by several threads, but one
/// order id must not run twice at a time.
/// </summary>
internal sealed class OrderExecution(
    IWizardClient wizard, ILineAllocator lines, IOrderJournal journal, IOptions<PpvServerOptions> options, TimeProvider timeProvider, ILogger<OrderExecution> logger)
{
    /// <summary>How long an answer may wait for its record: a disk that is slower than this keeps no caller waiting.</summary>
    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(2);

    /// <summary>The call's session ends as after a confirm that was not answered, so that another confirm of the call does not buy either.</summary>
    private static readonly Doubt AnotherMayHaveHadIt = new(
        "This confirm was delivered or sent before, and this worker does not know what became of it; it is not sent to Wizard again.", EndsSession: true);

    private readonly ServerOptions _server = options.Value.Server;

    /// <summary>What an order is told whose id another one has. That one's record stays as it is.</summary>
    public OrderAnswer AnotherOrderHasTheId() =>
        new(_server.InvalidOrderCode, PpvOutcome.NotExecuted, "Another order had this id before; every order needs an id of its own.");

    public async Task<OrderAnswer> ExecuteAsync(PpvOrder order, RpcCall call, CancellationToken cancellationToken)
    {
        var entry = new JournalEntry { Order = order, Deadline = call.Deadline, ReceivedAt = timeProvider.GetUtcNow() };
        var (known, doubt) = await RecallAsync(entry, call, cancellationToken).ConfigureAwait(false);
        if (known is not null) return known;

        var answer = await RunAsync(entry, doubt, call, cancellationToken).ConfigureAwait(false);
        if (doubt is null || answer.Outcome != PpvOutcome.NotExecuted) return answer;

        // That it was not sent now says nothing of an earlier time that can't be looked up; nor must the record of it.
        var unknown = Unavailable(PpvOutcome.Unknown, $"{answer.Reason} {doubt.Reason}");
        journal.Record(Ended(entry, unknown, JournalState.Unknown));
        return unknown;
    }

    private async Task<OrderAnswer> RunAsync(JournalEntry entry, Doubt? doubt, RpcCall call, CancellationToken cancellationToken)
    {
        using var turn = await EnterAsync(entry.Order, call, cancellationToken).ConfigureAwait(false);
        if (call.LostPlaceReason is { } lost) throw GiveBack(turn, lost);
        if (doubt is not null && entry.IsConfirm && turn.Decision.Verdict != LineVerdict.ConfirmAnswered) return await LeaveInDoubtAsync(entry, turn, doubt).ConfigureAwait(false);
        if (turn.Decision.Verdict != LineVerdict.Granted) return await RefuseAsync(entry, turn.Decision, cancellationToken).ConfigureAwait(false);

        entry = entry with { Line = turn.Decision.Line, SessionId = turn.Decision.Session?.Id };
        try
        {
            return entry.IsConfirm
                ? await ConfirmAsync(entry, turn, call, cancellationToken).ConfigureAwait(false)
                : await PrepareAsync(entry, turn, call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            // Its caller is told that the outcome is unknown: so must be who asks, and it must be listed.
            journal.Record(Ended(entry, Unavailable(PpvOutcome.Unknown, "The worker failed on this order; its log says why."), JournalState.Unknown));
            throw;
        }
    }

    /// <summary>
    /// A worker that stops lets no EV or EN wait: the line may be held by a call whose next command only the next worker will take. A confirm waits on, because
    /// the next worker could not know that it was not sent.
    /// </summary>
    private async Task<LineTurn> EnterAsync(PpvOrder order, RpcCall call, CancellationToken cancellationToken)
    {
        var stopping = order.Command.Kind == PpvCommandKind.Confirm ? CancellationToken.None : call.Stopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        return await lines.EnterAsync(order.ConnectionId, order.Command.Kind, call.Deadline, end.Token).ConfigureAwait(false);
    }

    /// <summary>The answer from the journal, or why the order may have been sent before.</summary>
    private async Task<(OrderAnswer? Answer, Doubt? Doubt)> RecallAsync(JournalEntry entry, RpcCall call, CancellationToken cancellationToken)
    {
        var anotherMayHaveHadIt = call is { PossibleDuplicate: true, OnlyOursBefore: false };
        JournalEntry? known;
        try
        {
            known = await JournalAnswers.FindAsync(journal, entry.Order.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException e)
        {
            return (null, new Doubt(e.Message, EndsSession: anotherMayHaveHadIt));
        }

        if (known is not null && !JournalRules.IsSameOrder(known.Order, entry.Order)) return (AnotherOrderHasTheId(), null);
        if (known is not null && JournalAnswers.ToAnswer(known, _server) is { } answer)
            return (known.IsConfirm ? answer : await TellWhenOnDiskAsync(known, answer).ConfigureAwait(false), null);
        return (null, known is null && anotherMayHaveHadIt && entry.IsConfirm ? AnotherMayHaveHadIt : null);
    }

    /// <summary>
    /// A confirm that nobody here has sent, and that may have been sent before all the same, by another worker or by an earlier process whose record can't be
    /// read: it must not go to Wizard twice, and nothing proves that it did not go.
    /// </summary>
    private async Task<OrderAnswer> LeaveInDoubtAsync(JournalEntry entry, LineTurn turn, Doubt doubt)
    {
        if (turn.Decision.Verdict == LineVerdict.Granted) _ = doubt.EndsSession ? turn.MaybeSent() : turn.NotSent();
        if (doubt.EndsSession) entry = entry with { Line = turn.Decision.Line, SessionId = turn.Decision.Session?.Id };
        var answer = Unavailable(PpvOutcome.Unknown, doubt.Reason);
        await RecordResultAsync(Ended(entry, answer, JournalState.Unknown)).ConfigureAwait(false);
        return answer;
    }

    private async Task<OrderAnswer> RefuseAsync(JournalEntry entry, LineDecision decision, CancellationToken cancellationToken)
    {
        switch (decision.Verdict)
        {
            case LineVerdict.ConfirmAnswered:
                return await RepeatAsync(entry, decision.Session!, new OrderAnswer(decision.Session!.Answer!, PpvOutcome.Completed, null), cancellationToken).ConfigureAwait(false);
            case LineVerdict.ConfirmUnknown or LineVerdict.ConfirmPending:
                var unknown = Unavailable(PpvOutcome.Unknown, "The call's confirm was sent before, and its outcome is unknown; it is not sent to Wizard again.");
                return await RepeatAsync(entry, decision.Session, unknown, cancellationToken).ConfigureAwait(false);
            case LineVerdict.ConfirmRefused when decision.Session is null && await FirstConfirmAsync(entry, cancellationToken).ConfigureAwait(false) is var (first, reason):
                if (first is { State: JournalState.Intent or JournalState.Unknown }) return TellOf(entry, first, JournalAnswers.ToAnswer(first, _server)!);
                // Only the journal remembers the confirm, and what the call asked for since may have gone with a crash: an OK could be a lie.
                reason ??= "The call was confirmed long before, and what it asked for since is not known. Ask for the first confirm's status.";
                return TellOf(entry, null, Unavailable(PpvOutcome.Unknown, reason));
            case LineVerdict.ConfirmRefused:
                return NotExecuted(entry, _server.InvalidOrderCode, $"Wizard has not said OK to {Names(decision.Missing)} of this call on its line; start the call over.");
            case LineVerdict.NoLine:
                return NotExecuted(entry, _server.InvalidOrderCode, "There is no connid, and Ppv:Server:NoConnIdLine names no line for such orders.");
            default:
                return NotExecuted(entry, _server.WizardUnavailableCode, "The caller's time was over before a line of Wizard was free.");
        }
    }

    /// <summary>Answers a confirm that repeats the one of a session: as the journal does, an operator's verdict included; else as the memory does.</summary>
    private async Task<OrderAnswer> RepeatAsync(JournalEntry entry, CallSession? session, OrderAnswer answer, CancellationToken cancellationToken)
    {
        var (first, reason) = await FirstConfirmAsync(entry, cancellationToken).ConfigureAwait(false) ?? (null, null);
        if (session is null || first?.SessionId != session.Id) first = null; // It was another purchase.
        if (answer.Outcome == PpvOutcome.Completed) return TellOf(entry, first, answer);
        if (first is not null) return TellOf(entry, first, JournalAnswers.ToAnswer(first, _server) ?? answer);
        return TellOf(entry, null, reason is null ? answer : answer with { Reason = reason });
    }

    /// <summary>The call's last confirm, or why the journal can't tell; <see langword="null"/> when it knows of none.</summary>
    private async Task<(JournalEntry? First, string? Reason)?> FirstConfirmAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return entry.Order.ConnectionId is { } call && await journal.FindConfirmAsync(call, cancellationToken).ConfigureAwait(false) is { } first ? (first, null) : null;
        }
        catch (JournalUnavailableException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Records what a confirm is told that is not sent, because the call has confirmed before, so that its status says the same.</summary>
    private OrderAnswer TellOf(JournalEntry entry, JournalEntry? first, OrderAnswer answer)
    {
        var state = answer.Outcome switch
        {
            PpvOutcome.Completed => JournalState.Completed,
            PpvOutcome.NotExecuted => JournalState.NotExecuted,
            _ => JournalState.Unknown,
        };
        journal.Record(Ended(entry, answer, state) with { RepeatOf = first?.Order.Id });
        return answer;
    }

    private async Task<OrderAnswer> PrepareAsync(JournalEntry entry, LineTurn turn, RpcCall call, CancellationToken cancellationToken)
    {
        journal.Record(entry);
        var (answer, state) = await SendAsync(entry, turn, call, cancellationToken).ConfigureAwait(false);
        var mustBeOnDisk = turn.Decision.Session is { FollowsAnother: true } || state == JournalState.Unknown;
        if (mustBeOnDisk) return await TellWhenOnDiskAsync(Ended(entry, answer, state), answer).ConfigureAwait(false);
        journal.Record(Ended(entry, answer, state));
        return answer;
    }

    /// <summary>
    /// An OK that a crash could make forgotten is none: the next confirm would pass for a repeat of the last one. Nor may a crash revive a session that ended
    /// without an answer: the call goes on in another one. Who asks again finds the answer in memory while the disk still has none, and is told no sooner.
    /// </summary>
    private async Task<OrderAnswer> TellWhenOnDiskAsync(JournalEntry entry, OrderAnswer answer)
    {
        var isOnDisk = await RecordResultAsync(entry).ConfigureAwait(false);
        return isOnDisk || answer.Outcome != PpvOutcome.Completed ? answer
            : Unavailable(PpvOutcome.Unknown, "Wizard answered, but the journal could not record it in time. Send it again.");
    }

    private async Task<OrderAnswer> ConfirmAsync(JournalEntry entry, LineTurn turn, RpcCall call, CancellationToken cancellationToken)
    {
        if (await RefuseIntentAsync(entry, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            turn.NotSent();
            return NotExecuted(entry, _server.WizardUnavailableCode, reason);
        }

        var (answer, state) = await SendAsync(entry, turn, call, cancellationToken).ConfigureAwait(false);
        await RecordResultAsync(Ended(entry, answer, state)).ConfigureAwait(false);
        return answer;
    }

    /// <summary>Puts a result on disk before it is told to anybody.</summary>
    /// <returns>Whether it is there; when not, it follows as soon as the disk takes it.</returns>
    private async Task<bool> RecordResultAsync(JournalEntry entry)
    {
        try
        {
            return await journal.RecordResultAsync(entry, CancellationToken.None).WaitAsync(RecordLimit, timeProvider, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            ServerLog.ResultNotOnDisk(logger, entry.Order.Id, entry.State);
            return false;
        }
    }

    /// <summary>Puts the intent on disk.</summary>
    /// <returns>Why that is not so; then the confirm must not be sent.</returns>
    private async Task<string?> RefuseIntentAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
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

    private async Task<(OrderAnswer Answer, JournalState State)> SendAsync(JournalEntry entry, LineTurn turn, RpcCall call, CancellationToken cancellationToken)
    {
        try
        {
            var request = new WizardRequest(entry.Line!.Value, entry.Order.Command, entry.Deadline) { Objection = call.PlaceCheck };
            var reply = await wizard.SendAsync(request, cancellationToken).ConfigureAwait(false);
            turn.Answered(reply.Text);
            return (new OrderAnswer(reply.Text, PpvOutcome.Completed, null), JournalState.Completed);
        }
        catch (WizardException e) when (e.Failure == WizardFailure.NotSent)
        {
            if (!entry.IsConfirm && call.LostPlaceReason is { } lost) throw GiveBack(turn, lost);
            turn.NotSent();
            return (Unavailable(PpvOutcome.NotExecuted, e.Message), JournalState.NotExecuted);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            turn.NotSent();
            if (!entry.IsConfirm) throw; // It goes back to the queue.
            return (Unavailable(PpvOutcome.NotExecuted, "The worker was stopped before the confirm was sent."), JournalState.NotExecuted);
        }
        catch (WizardException e)
        {
            turn.MaybeSent();
            return (Unavailable(PpvOutcome.Unknown, e.Message), JournalState.Unknown);
        }
    }

    /// <summary>The order is not this worker's any more: nothing is told or recorded of it, and the broker gives it to whoever has the place.</summary>
    private static OperationCanceledException GiveBack(LineTurn turn, string reason)
    {
        if (turn.Decision.Verdict == LineVerdict.Granted) turn.NotSent();
        return new OperationCanceledException(reason);
    }

    private OrderAnswer NotExecuted(JournalEntry entry, string code, string reason)
    {
        journal.Record(entry with { State = JournalState.NotExecuted, Code = code, Reason = reason });
        return new OrderAnswer(code, PpvOutcome.NotExecuted, reason);
    }

    private OrderAnswer Unavailable(PpvOutcome outcome, string reason) => new(_server.WizardUnavailableCode, outcome, reason);

    private static JournalEntry Ended(JournalEntry entry, OrderAnswer answer, JournalState state) => entry with { State = state, Code = answer.Code, Reason = answer.Reason };

    private static string Names(ConfirmPrerequisites missing) => missing switch
    {
        ConfirmPrerequisites.Event => "the EV",
        ConfirmPrerequisites.Subscriber => "the EN",
        _ => "the EV and the EN",
    };

    /// <summary>Why nobody knows whether an order was sent before. A confirm is not sent then; an EV or EN is, for the last one counts.</summary>
    /// <param name="Reason">As a sentence.</param>
    /// <param name="EndsSession">
    /// Whether it may be the confirm of the call's session. One that only can't be looked up is not: this process began the session and knows its confirms, and were
    /// each line to rest, a broken journal would soon stop EV and EN too.
    /// </param>
    private sealed record Doubt(string Reason, bool EndsSession);
}
