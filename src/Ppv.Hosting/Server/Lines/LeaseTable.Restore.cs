namespace Ppv.Hosting;

/// <content>How a table finds its calls again after a restart.</content>
internal sealed partial class LeaseTable
{
    /// <summary>Rebuilds leases and rests after a restart. To be called once, before everything else.</summary>
    /// <param name="sessions">The last known form of each session; where two have the same <see cref="CallSession.LastActivity"/>, the later one comes last.</param>
    /// <param name="now">The time.</param>
    public void Restore(IEnumerable<CallSession> sessions, DateTimeOffset now)
    {
        foreach (var session in sessions.OrderBy(session => session.LastActivity))
        {
            // A later session takes the place of the call's earlier one, and of whoever held the line.
            var call = CallOf(session.ConnectionId);
            if (call.Session is not null) EndLease(call);
            call.Remember(null);
            if (_lines.HolderOf(session.Line) is { } earlier) EndLease(earlier);
            Place(call, session, now);
        }

        Expire(now);
        foreach (var call in _calls.Values.ToArray()) Forget(call);
    }

    /// <summary>For how long at least nobody else gets a line that a call has used.</summary>
    private TimeSpan EarliestReuse => options.LeaseReclaim < options.LineRest ? options.LeaseReclaim : options.LineRest;

    private void Place(CallState call, CallSession session, DateTimeOffset now)
    {
        switch (session.State)
        {
            // What was not written before a crash is the last moment only; with a disk that stalls, a long one. After LeaseReclaim, or LineRest when a command
            // was not answered, another call may have had the line within that moment, so an older session must not confirm there. Without connid nobody can
            // tell whose commands are missing.
            case SessionState.Open when session.ConnectionId is not null && now - session.LastActivity < EarliestReuse && _lines.IsFree(session.Line, now):
                call.Session = session;
                _lines.Hold(session.Line, call);
                break;
            case SessionState.Confirming:
                _lines.Rest(session.Line, now + options.LineRest);
                Remember(call, session.EndUnanswered(now));
                break;
            case SessionState.Answered or SessionState.Unknown or SessionState.Broken:
                if (session.State != SessionState.Answered) _lines.Rest(session.Line, session.LastActivity + options.LineRest);
                Remember(call, session);
                break;
        }
    }
}
