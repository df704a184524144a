using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// Which call holds which line, what Wizard remembers there, and who comes next. Pure: it does no I/O, has no clock, and decides only when
/// it is called. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// <para>A call (<see cref="CallState"/>) is <b>unknown</b>, <b>waiting</b> (its first command, no confirm, wants a line), <b>leasing</b>
/// (it holds a line; idle or with one command running on it), or <b>remembered</b> (its lease has ended, and a repeat of its confirm may
/// come). Its commands run one after the other.</para>
/// <para>A lease (<see cref="LeaseState"/>) is <b>open</b> from the call's first command, <b>confirming</b> while its confirm is with
/// Wizard, and over as <b>answered</b>, as <b>unknown</b> (the confirm was not answered) or as <b>broken</b> (another command was not
/// answered); or it just ends, idle for too long. A confirm is granted when the lease has what it needs. A call that starts anew after its
/// confirm's outcome was unknown asked for that: the confirm it sends then is the new lease's.</para>
/// <para>A line is <b>free</b>, <b>held</b> by a call, or <b>resting</b> after a command without an answer (<see cref="LinePool"/>).</para>
/// </remarks>
internal sealed class LeaseTable(WorkerOptions options, int room = 500, int sharePercent = 75)
{
    private readonly Dictionary<ConnectionId, CallState> _calls = [];
    private readonly CallState _noConnId = new(null);
    private readonly WaitingCalls _waiting = new();
    private readonly EndedLeases _ended = new();
    private readonly ConfirmRules _confirms = new(options);
    private long _arrivals;

    public LineChoice Choice { get; } = new(options, room, sharePercent);

    private LinePool Lines => Choice.Lines;

    public LeaseCounts Count(DateTimeOffset now) =>
        new(Lines.Holders.Count(call => !call.IsIdle), Lines.Holders.Count(), Lines.CountResting(now), _waiting.Count);

    /// <summary>How each line stands; nothing changes by that.</summary>
    public IReadOnlyList<LineStatus> Look(DateTimeOffset now) =>
    [
        .. Lines.All(now).Select(line => line.Holder is { } call
            ? new LineStatus(line.Line, call.IsRunning, Math.Max(0, call.Requests.Count - 1), call.Lease, line.RestsUntil)
            : new LineStatus(line.Line, IsBusy: false, RestsUntil: line.RestsUntil)),
    ];

    /// <summary>A command arrives.</summary>
    public LineRequest Enter(PpvOrder order, DateTimeOffset now)
    {
        Expire(now);
        Choice.Note(order.Owner, now);
        var call = CallOf(order.ConnectionId);
        var request = new LineRequest(call, order, ++_arrivals);
        if (order.ConnectionId is null && options.NoConnIdLine is null)
        {
            request.Decide(new LineDecision(LineVerdict.NoLine));
        }
        else if (Choice.HasRoom(call, _waiting, now))
        {
            call.Requests.Enqueue(request);
            Serve(call, now);
            GiveOutLines(now);
        }
        else
        {
            var late = EnterLate(order, now);
            request.Decide(late.Verdict == LineVerdict.TooLate ? new LineDecision(LineVerdict.NoRoom) : late);
            Forget(call);
        }

        return request;
    }

    /// <summary>A command is given up that still waits; on one that is decided this has no effect.</summary>
    public void Leave(LineRequest request, DateTimeOffset now)
    {
        if (request.IsDecided) return;
        request.Decide(ConfirmRules.GivenUp(request.Order, request.Call.Requests.TakeWhile(other => other != request), request.Call.Lease));
        _waiting.Remove(request);
        Advance(now, request.Call);
    }

    /// <summary>
    /// A command arrives past its deadline: nothing is sent. A confirm that would not be sent in time either is told the same, because it
    /// may repeat one that bought. An EV or EN counts as one that was not answered OK.
    /// </summary>
    public LineDecision EnterLate(PpvOrder order, DateTimeOffset now)
    {
        Told(order, isOk: false, now);
        if (order.Command.Kind != PpvCommandKind.Confirm || order.ConnectionId is not { } id) return new LineDecision(LineVerdict.TooLate);
        var call = _calls.GetValueOrDefault(id) ?? new CallState(id);
        return (call.IsIdle ? _confirms.WithoutWizard(call, order) : null) ?? ConfirmRules.GivenUp(order, call.Requests, call.Lease);
    }

    /// <inheritdoc cref="CallState.MayLose"/>
    public bool TakesAway(PpvOrder order) => CallOrNone(order.ConnectionId)?.MayLose(order) ?? false;

    /// <inheritdoc cref="CallState.IsSaid"/>
    public bool IsSaid(PpvOrder order) => CallOrNone(order.ConnectionId)?.IsSaid(order, isOk: false) ?? false;

    /// <summary>
    /// The caller is told of an EV or EN that did not come to the line, wherever its answer is from. Unless the line has that very order as
    /// its last, and the answer is OK, what the call had named before counts no more: the caller asked for something else.
    /// </summary>
    /// <returns>Whether it took something away, or may when the commands before it have ended.</returns>
    public bool Told(PpvOrder order, bool isOk, DateTimeOffset now)
    {
        Expire(now);
        return order.Command.Kind != PpvCommandKind.Confirm && Supersede(order, isOk);
    }

    /// <summary>A command that was granted its line has ended.</summary>
    /// <returns>The lease after it.</returns>
    public Lease Complete(LineRequest request, CommandEnd end, string? answer, DateTimeOffset now)
    {
        var call = request.Call;
        call.Requests.Dequeue();
        var lease = end switch
        {
            CommandEnd.Answered => call.Lease!.End(request.Order, answer!, now),
            CommandEnd.NotSent => call.Lease!.EndUnsent(now),
            CommandEnd.Refused => call.Lease!.EndRefused(now),
            _ => call.Lease!.EndUnanswered(now),
        };
        if (lease is { IsOver: true, State: LeaseState.Open }) lease = lease with { State = LeaseState.Broken };
        call.Lease = lease;
        if (end == CommandEnd.MaybeSent) Lines.Rest(lease.Line, now + options.LineRest);
        if (lease.State != LeaseState.Open) EndLease(call);
        if (lease is { IsOver: false, State: not LeaseState.Open }) Remember(call, lease);
        Advance(now, call);
        return lease;
    }

    /// <summary>Time has passed.</summary>
    public void Advance(DateTimeOffset now)
    {
        Expire(now);
        GiveOutLines(now);
    }

    /// <summary>When time alone changes something next; later than <paramref name="now"/>.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset now)
    {
        var idle = Lines.Holders.Where(call => call.IsIdle).Select(call => call.Lease!).ToList();
        var changes = idle.Select(lease => lease.LastActivity + options.LeaseIdle);
        if (_waiting.Count > 0) changes = changes.Concat(idle.Select(lease => lease.MayBeTakenAt(options))).Concat(Lines.RestEnds(now));
        if (_waiting.Count > 0 && Choice.SharesEnd is { } end) changes = changes.Append(end);
        return changes.Where(change => change > now).Select(change => (DateTimeOffset?)change).Min();
    }

    /// <summary>Whether anything is kept of a call: it waits for a line, has one, or its confirm may still be repeated.</summary>
    public bool Knows(ConnectionId call, DateTimeOffset now)
    {
        Advance(now);
        return _calls.GetValueOrDefault(call)?.HasOrdersOfItsOwn ?? false;
    }

    /// <summary>
    /// Rebuilds leases after a restart. To be called once, before everything else but <see cref="RestoreRests"/>.
    /// </summary>
    /// <param name="leases">
    /// The last known form of each lease, in the order in which they came: their times may be those of a clock that was set.
    /// </param>
    /// <param name="now">The time.</param>
    public void Restore(IEnumerable<Lease> leases, DateTimeOffset now)
    {
        foreach (var lease in leases)
        {
            // A later lease takes the place of the call's earlier one, and of whoever held the line.
            var call = CallOf(lease.ConnectionId);
            if (call.Lease is not null) EndLease(call);
            call.Remember(null);
            if (Lines.HolderOf(lease.Line) is { } earlier) EndLease(earlier);
            TakeUp(call, lease, now);
        }

        Expire(now);
        foreach (var call in _calls.Values.ToArray()) Forget(call);
    }

    /// <summary>Lets the lines rest whose last lease ended without an answer, and restores nothing else.</summary>
    /// <param name="lastOnLines">The lease that each line had last.</param>
    /// <param name="now">The time.</param>
    public void RestoreRests(IEnumerable<Lease> lastOnLines, DateTimeOffset now)
    {
        foreach (var lease in lastOnLines)
        {
            if (lease.State is LeaseState.Unknown or LeaseState.Broken) Lines.Rest(lease.Line, lease.LastActivity + options.LineRest);
            if (lease.State == LeaseState.Confirming) Lines.Rest(lease.Line, now + options.LineRest);
        }
    }

    /// <summary>Another worker has died with the lines: on any of them a command of it may be unanswered.</summary>
    public void RestAfterDeath(DateTimeOffset takenAt) => Lines.RestAll(takenAt + options.TakeoverRest);

    /// <summary>On any line a command of before that may be unanswered.</summary>
    public void RestAll(DateTimeOffset before) => Lines.RestAll(before + options.LineRest);

    /// <summary>
    /// Another worker may have used the lines: no lease and no confirm is believed any more. A line on which a command runs stays held
    /// until its end; rests stay.
    /// </summary>
    public void StartOver(DateTimeOffset now)
    {
        ForgetAll();
        Advance(now);
    }

    private void ForgetAll()
    {
        _ended.Clear();
        foreach (var call in _calls.Values.Append(_noConnId).ToArray())
        {
            call.Remember(null);
            if (call.Lease is { } lease && call.IsRunning) call.Lease = lease with { Named = default, IsOver = true };
            else if (call.Lease is not null) EndLease(call);
            Forget(call);
        }
    }

    /// <summary>Everything the next worker has to know. A command that still runs counts as one that is not answered.</summary>
    public LeaseSnapshot Export(DateTimeOffset now)
    {
        Expire(now);
        var calls = _calls.Values.Append(_noConnId).ToList();
        var running = calls.Where(call => call.IsRunning).Select(call => new RestingLine(call.Lease!.Line, now + options.LineRest));
        return new LeaseSnapshot(
            [.. calls.Select(call => CallSnapshot.Of(call, now)).Where(call => call is not { Lease: null, LastEnded: null })],
            [.. Lines.Rests(now).Concat(running)]);
    }

    /// <summary>Takes over what another worker has handed over, in the place of everything that was known here.</summary>
    public void Import(LeaseSnapshot snapshot, DateTimeOffset now)
    {
        ForgetAll();
        foreach (var rest in snapshot.Rests) Lines.Rest(rest.Line, rest.Until);
        foreach (var told in snapshot.Calls.OrderBy(told => told.LastEnded?.LastActivity))
        {
            var call = CallOf((told.Lease ?? told.LastEnded)!.ConnectionId);
            if (told.LastEnded is { } confirmed) Remember(call, confirmed);
            if (told.FollowsAnother) call.BeginAnew();
            if (told.Lease is { } lease && call.Lease is null && Lines.IsFree(lease.Line, now)) Hold(call, lease, now);
            Forget(call);
        }

        Advance(now);
    }

    private void Advance(DateTimeOffset now, CallState call)
    {
        Expire(now);
        Serve(call, now);
        GiveOutLines(now);
    }

    /// <summary>Decides on a call's commands as far as it can without a new line.</summary>
    private void Serve(CallState call, DateTimeOffset now)
    {
        while (call.Requests.TryPeek(out var first))
        {
            if (first.Command != PpvCommandKind.Confirm && (first.IsGranted || !first.IsDecided)) call.BeginAnew();
            if (first.IsGranted) return;
            if (first.IsDecided)
            {
                call.Supersede(first.Order, first.IsOk);
            }
            else if (first.Command == PpvCommandKind.Confirm && _confirms.WithoutWizard(call, first.Order) is { } decision)
            {
                first.Decide(decision);
            }
            else if (call.Lease is { } lease && (first.Command == PpvCommandKind.Confirm || !Choice.MustYield(call, _waiting, now)))
            {
                call.Lease = lease.Begin(first.Order, now);
                first.Decide(new LineDecision(LineVerdict.Granted, lease.Line, call.Lease));
                return;
            }
            else
            {
                if (call.Lease is { } old) Yield(call, old);
                _waiting.Add(first);
                return;
            }

            call.Requests.Dequeue();
        }

        Forget(call);
    }

    /// <summary>Gives free lines to those who wait, in the order of arrival; then those that nobody used for long enough.</summary>
    private void GiveOutLines(DateTimeOffset now)
    {
        if (_waiting.Count == 0) return;
        HashSet<string> without = new(StringComparer.OrdinalIgnoreCase); // Clients for which there is none, so that each is looked at once.
        foreach (var request in _waiting.InOrder())
        {
            // One that was handed over with a line goes on there.
            if (request.Call is { Lease: null } call && !TakeLine(call, without, now)) continue;
            _waiting.Remove(request);
            Serve(request.Call, now);
        }
    }

    private bool TakeLine(CallState call, HashSet<string> without, DateTimeOffset now)
    {
        if (call.Id is { } id && without.Contains(id.Owner ?? "")) return false;
        if (Choice.LineFor(call, now) is not { } found)
        {
            if (call.Id is not null) without.Add(call.Id.Owner ?? "");
            return false;
        }

        if (found.From is { } loser) Lose(loser);
        Hold(call, Lease.Start(call, found.Line, found.IsEarly, now), now);
        return true;
    }

    private void Hold(CallState call, Lease lease, DateTimeOffset now)
    {
        call.Lease = lease with { Began = now };
        Lines.Hold(lease.Line, call);
    }

    /// <summary>It has had its line for too long: what it sends next stands behind those who wait.</summary>
    private void Yield(CallState call, Lease lease)
    {
        EndLease(call, after: lease);
        foreach (var request in call.Requests) request.Number = ++_arrivals;
    }

    private void Lose(CallState call)
    {
        EndLease(call);
        Forget(call);
    }

    private void Expire(DateTimeOffset now)
    {
        foreach (var call in Lines.Holders.Where(call => call.IsIdle && call.Lease!.LastActivity + options.LeaseIdle <= now).ToArray())
            Lose(call);
        foreach (var call in _ended.ForgetUntil(now - options.LeaseIdle)) Forget(call);
    }

    private void Remember(CallState call, Lease lease)
    {
        if (call.Id is not null) _ended.Add(call, lease); // Else nobody can tell whose confirm the next one repeats.
    }

    /// <param name="call">The call.</param>
    /// <param name="after">The lease, where a crash would bring it back although somebody else has the line by then.</param>
    private void EndLease(CallState call, Lease? after = null)
    {
        Lines.Release(call.Lease!.Line, after?.LastActivity + Choice.EarliestReuse);
        call.Lease = null;
    }

    /// <summary>An EV or EN that is not sent takes its place behind the commands of its call that came before it.</summary>
    private bool Supersede(PpvOrder order, bool isOk)
    {
        if (CallOrNone(order.ConnectionId) is not { } call) return false;
        if (call.IsIdle) return call.Supersede(order, isOk);
        if (call.IsSaid(order, isOk)) return false;
        call.Requests.Enqueue(LineRequest.NotSent(call, order, ++_arrivals, isOk && call.MayKeep(order)));
        return true;
    }

    private CallState? CallOrNone(ConnectionId? connectionId) => connectionId is null ? _noConnId : _calls.GetValueOrDefault(connectionId);

    private CallState CallOf(ConnectionId? connectionId)
    {
        if (connectionId is null) return _noConnId;
        return _calls.TryGetValue(connectionId, out var call) ? call : _calls[connectionId] = new CallState(connectionId);
    }

    /// <summary>Keeps nothing of a call of which there is nothing to be kept.</summary>
    private void Forget(CallState call)
    {
        if (call.Id is not null && call.IsForgotten) _calls.Remove(call.Id);
    }

    private void TakeUp(CallState call, Lease lease, DateTimeOffset now)
    {
        switch (lease.State)
        {
            // Before a crash the last moments may not have been written. Within them another call may have had a line that was idle for so
            // long, so an older lease must not confirm there. Without connid nobody can tell whose commands are missing.
            case LeaseState.Open when lease.ConnectionId is not null && lease.LastActivity <= now
                && now - lease.LastActivity < Choice.EarliestReuse && Lines.IsFree(lease.Line, now):
                Hold(call, lease, now);
                break;
            case LeaseState.Confirming:
                Remember(call, lease.EndUnanswered(now));
                break;
            case LeaseState.Answered or LeaseState.Unknown or LeaseState.Broken:
                Remember(call, lease);
                break;
        }

        if (lease.IsSuperseded) call.BeginAnew();
    }
}
