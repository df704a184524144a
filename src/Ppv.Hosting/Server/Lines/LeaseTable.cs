using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>
/// Which call holds which line, what Wizard remembers there, and who comes next. Pure: it does no I/O, has no clock, and decides only when it is
/// called. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// The commands of a call run one after the other. The first that is no confirm takes a line and starts a session; a confirm is granted when the session
/// has what it needs. The session ends with the confirm's answer, with a command that was not answered, or by being idle. A call that starts anew after
/// its confirm's outcome was unknown asked for that: the confirm it sends then is the new session's.
/// </remarks>
internal sealed partial class LeaseTable(ServerOptions options)
{
    /// <summary>How many ended sessions are kept for repeated confirms, whatever their age; a journal knows the others.</summary>
    public const int MaxConfirmed = 10_000;

    private readonly LinePool _lines = new(new LineRange(options.FirstLine, options.LastLine), options.NoConnIdLine is { } line ? new LineNumber(line) : null);
    private readonly Dictionary<ConnectionId, CallState> _calls = [];
    private readonly CallState _noConnId = new(null);
    private readonly SortedDictionary<long, LineRequest> _waiting = [];
    private readonly Queue<(CallState Call, CallSession Session)> _confirmed = [];
    private long _arrivals;

    public LeaseCounts Count(DateTimeOffset now) =>
        new(_lines.Holders.Count(call => !call.IsIdle), _lines.Holders.Count(), _lines.CountResting(now), _waiting.Count);

    /// <summary>A command arrives.</summary>
    public LineRequest Enter(ConnectionId? connectionId, PpvCommandKind command, DateTimeOffset now)
    {
        Expire(now);
        var request = new LineRequest(CallOf(connectionId), command, ++_arrivals);
        if (connectionId is null && options.NoConnIdLine is null)
        {
            request.Decide(new LineDecision(LineVerdict.NoLine));
            return request;
        }

        request.Call.Requests.Enqueue(request);
        Serve(request.Call, now);
        GiveOutLines(now);
        return request;
    }

    /// <summary>A command is given up that still waits; on one that is decided this has no effect.</summary>
    public void Leave(LineRequest request, DateTimeOffset now)
    {
        if (request.IsDecided) return;
        request.Decide(GivenUp(request.Call, request.Command, request.Call.Requests.TakeWhile(other => other != request)));
        _waiting.Remove(request.Number);
        Advance(now, request.Call);
    }

    /// <summary>
    /// A command arrives past its deadline: nothing is sent, and nothing changes. A confirm that would not be sent in time either is told the same, because it may
    /// repeat one that bought.
    /// </summary>
    public LineDecision EnterLate(ConnectionId? connectionId, PpvCommandKind command, DateTimeOffset now)
    {
        Expire(now);
        if (command != PpvCommandKind.Confirm || connectionId is null) return new LineDecision(LineVerdict.TooLate);
        var call = _calls.GetValueOrDefault(connectionId) ?? new CallState(connectionId);
        return (call.IsIdle ? WithoutWizard(call) : null) ?? GivenUp(call, command, call.Requests);
    }

    /// <summary>A command that was granted its line has ended.</summary>
    /// <returns>The session after it.</returns>
    public CallSession Complete(LineRequest request, CommandEnd end, string? answer, DateTimeOffset now)
    {
        var call = request.Call;
        call.Requests.Dequeue();
        var session = end switch
        {
            CommandEnd.Answered => call.Session!.End(request.Command, answer!, now),
            CommandEnd.NotSent => call.Session!.EndUnsent(now),
            _ => call.Session!.EndUnanswered(now),
        };
        if (session is { IsOver: true, State: SessionState.Open }) session = session with { State = SessionState.Broken };
        call.Session = session;
        if (end == CommandEnd.MaybeSent) _lines.Rest(session.Line, now + options.LineRest);
        if (session.State != SessionState.Open) EndLease(call);
        if (session is { IsOver: false, State: not SessionState.Open }) Remember(call, session);
        Advance(now, call);
        return session;
    }

    /// <summary>Time has passed.</summary>
    public void Advance(DateTimeOffset now)
    {
        Expire(now);
        GiveOutLines(now);
    }

    /// <summary>When <see cref="Advance(DateTimeOffset)"/> has something to do next, if nothing else happens; later than <paramref name="now"/>.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset now)
    {
        var idle = _lines.Holders.Where(call => call.IsIdle).Select(call => call.Session!.LastActivity).ToList();
        var changes = idle.Select(since => since + options.LeaseIdle);
        if (_waiting.Count > 0) changes = changes.Concat(idle.Select(since => since + options.LeaseReclaim)).Concat(_lines.RestEnds(now));
        return changes.Where(change => change > now).Select(change => (DateTimeOffset?)change).Min();
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
            if (first.Command != PpvCommandKind.Confirm) call.BeginAnew();
            if (first.IsGranted) return;
            if (first.IsDecided)
            {
                call.Session = call.Session?.Forget(first.Command);
            }
            else if (first.Command == PpvCommandKind.Confirm && WithoutWizard(call) is { } decision)
            {
                first.Decide(decision);
            }
            else if (call.Session is { } session)
            {
                call.Session = session.Begin(first.Command, now);
                first.Decide(new LineDecision(LineVerdict.Granted, session.Line, call.Session));
                return;
            }
            else
            {
                _waiting.TryAdd(first.Number, first);
                return;
            }

            call.Requests.Dequeue();
        }

        Forget(call);
    }

    /// <summary>The decision on a confirm that must not be sent.</summary>
    private LineDecision? WithoutWizard(CallState call)
    {
        if (call.Confirmed is { } confirmed)
        {
            var verdict = confirmed.State == SessionState.Answered ? LineVerdict.ConfirmAnswered : LineVerdict.ConfirmUnknown;
            return new LineDecision(verdict, Session: confirmed);
        }

        var missing = options.RequiredBeforeConfirm & ~(call.Session?.Met ?? ConfirmPrerequisites.None);
        return missing == ConfirmPrerequisites.None ? null : new LineDecision(LineVerdict.ConfirmRefused, Session: call.Session, Missing: missing);
    }

    /// <summary>Gives free lines to those who wait, in the order of arrival; then those that nobody used for long enough.</summary>
    private void GiveOutLines(DateTimeOffset now)
    {
        if (_waiting.Count == 0) return;
        var exhausted = false;
        foreach (var request in _waiting.Values.ToArray())
        {
            var call = request.Call;
            if (exhausted && call.Id is not null) continue;
            if (_lines.Find(call.Id, now) is not { } line)
            {
                if (call.Id is null) continue;
                if (LongestIdle(now) is not { } idle)
                {
                    exhausted = true;
                    continue;
                }

                line = idle.Session!.Line;
                EndLease(idle);
                Forget(idle);
            }

            call.Session = CallSession.Start(call, line, now);
            _lines.Hold(line, call);
            _waiting.Remove(request.Number);
            Serve(call, now);
        }
    }

    private CallState? LongestIdle(DateTimeOffset now) => _lines.Holders
        .Where(call => call.Id is not null && call.IsIdle && call.Session!.LastActivity + options.LeaseReclaim <= now)
        .MinBy(call => call.Session!.LastActivity);

    private void Expire(DateTimeOffset now)
    {
        foreach (var call in _lines.Holders.Where(call => call.IsIdle && call.Session!.LastActivity + options.LeaseIdle <= now).ToArray())
        {
            EndLease(call);
            Forget(call);
        }

        while (_confirmed.TryPeek(out var oldest) && (_confirmed.Count > MaxConfirmed || oldest.Session.LastActivity + options.LeaseIdle <= now))
        {
            _confirmed.Dequeue();
            if (oldest.Call.LastEnded != oldest.Session) continue;
            oldest.Call.Remember(null);
            Forget(oldest.Call);
        }
    }

    private void Remember(CallState call, CallSession session)
    {
        if (call.Id is null) return; // Nobody can tell whose confirm the next one repeats.
        call.Remember(session);
        _confirmed.Enqueue((call, session));
    }

    private void EndLease(CallState call)
    {
        _lines.Release(call.Session!.Line);
        call.Session = null;
    }

    private CallState CallOf(ConnectionId? connectionId)
    {
        if (connectionId is null) return _noConnId;
        if (_calls.TryGetValue(connectionId, out var call)) return call;
        return _calls[connectionId] = new CallState(connectionId);
    }

    /// <summary>Keeps nothing of a call of which there is nothing to be kept.</summary>
    private void Forget(CallState call)
    {
        if (call.Id is not null && call.IsForgotten) _calls.Remove(call.Id);
    }

    /// <summary>The decision on a command that is not sent because its time is over. Another confirm ahead of it may still buy.</summary>
    private static LineDecision GivenUp(CallState call, PpvCommandKind command, IEnumerable<LineRequest> ahead) =>
        command == PpvCommandKind.Confirm && ahead.LastOrDefault(other => !IsConfirmGivenUp(other))?.Command == PpvCommandKind.Confirm
            ? new LineDecision(LineVerdict.ConfirmPending, Session: call.Session)
            : new LineDecision(LineVerdict.TooLate);

    private static bool IsConfirmGivenUp(LineRequest request) =>
        request is { Command: PpvCommandKind.Confirm, IsDecided: true, IsGranted: false };
}
