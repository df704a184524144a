namespace Ppv.Hosting;

/// <content>How a table passes from one worker to the next, and how it forgets what another worker may have made untrue.</content>
internal sealed partial class LeaseTable
{
    /// <summary>Lets the lines rest on which a session ended without an answer, and restores nothing else.</summary>
    public void RestoreRests(IEnumerable<CallSession> sessions, DateTimeOffset now)
    {
        foreach (var session in sessions)
        {
            if (session.State is SessionState.Unknown or SessionState.Broken) _lines.Rest(session.Line, session.LastActivity + options.LineRest);
            if (session.State == SessionState.Confirming) _lines.Rest(session.Line, now + options.LineRest);
        }
    }

    /// <summary>
    /// Another worker may have used the lines: no session and no confirm is believed any more. A line on which a command runs stays held until its end; rests stay.
    /// </summary>
    public void StartOver(DateTimeOffset now)
    {
        _confirmed.Clear();
        foreach (var call in _calls.Values.Append(_noConnId).ToArray())
        {
            call.Remember(null);
            if (call.Session is { } session && IsRunning(call)) call.Session = session with { Met = ConfirmPrerequisites.None, IsOver = true };
            else if (call.Session is not null) EndLease(call);
            Forget(call);
        }

        Advance(now);
    }

    /// <summary>Everything the next worker has to know. A command that still runs counts as one that is not answered.</summary>
    public LeaseSnapshot Export(DateTimeOffset now)
    {
        Expire(now);
        var calls = _calls.Values.Append(_noConnId).ToList();
        var running = calls.Where(IsRunning).Select(call => new RestingLine(call.Session!.Line, now + options.LineRest));
        return new LeaseSnapshot(
            [.. calls.Select(call => Snapshot(call, now)).Where(call => call is not { Session: null, LastEnded: null })],
            [.. _lines.Rests(now).Concat(running)]);
    }

    /// <summary>Takes over what another worker has handed over, in the place of everything that was known here.</summary>
    public void Import(LeaseSnapshot snapshot, DateTimeOffset now)
    {
        StartOver(now);
        foreach (var rest in snapshot.Rests) _lines.Rest(rest.Line, rest.Until);
        foreach (var told in snapshot.Calls.OrderBy(told => told.LastEnded?.LastActivity))
        {
            var call = CallOf((told.Session ?? told.LastEnded)!.ConnectionId);
            if (told.LastEnded is { } confirmed) Remember(call, confirmed);
            if (told.FollowsAnother) call.BeginAnew();
            if (told.Session is { } session && call.Session is null && _lines.IsFree(session.Line, now))
            {
                call.Session = session;
                _lines.Hold(session.Line, call);
            }

            Forget(call);
        }

        Advance(now);
    }

    private static CallSnapshot Snapshot(CallState call, DateTimeOffset now)
    {
        if (!IsRunning(call)) return new CallSnapshot(call.Session, call.LastEnded, call.FollowsAnother);
        var ended = call.Session!.EndUnanswered(now);
        return ended is { State: SessionState.Unknown, IsOver: false, ConnectionId: not null }
            ? new CallSnapshot(null, ended, FollowsAnother: false)
            : new CallSnapshot(null, call.LastEnded, call.FollowsAnother);
    }

    private static bool IsRunning(CallState call) => call.Requests.TryPeek(out var first) && first.IsGranted;
}
