namespace Ppv.Hosting.Worker.Lines;

/// <summary>What a worker hands over of a call.</summary>
/// <param name="Lease">The lease that holds a line, no command of it under way.</param>
/// <param name="LastEnded">The last lease whose confirm was sent, or that ended without an answer.</param>
/// <param name="FollowsAnother">Whether the call wanted something else after <paramref name="LastEnded"/>.</param>
internal sealed record CallSnapshot(Lease? Lease, Lease? LastEnded, bool FollowsAnother)
{
    /// <summary>A command that still runs counts as one that is not answered.</summary>
    public static CallSnapshot Of(CallState call, DateTimeOffset now)
    {
        if (!call.IsRunning) return new CallSnapshot(call.Lease, call.LastEnded, call.FollowsAnother);
        var ended = call.Lease!.EndUnanswered(now);
        return ended is { State: LeaseState.Unknown, IsOver: false, ConnectionId: not null }
            ? new CallSnapshot(null, ended, FollowsAnother: false)
            : new CallSnapshot(null, call.LastEnded, call.FollowsAnother);
    }
}
