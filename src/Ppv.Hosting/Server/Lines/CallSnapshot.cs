namespace Ppv.Hosting;

/// <summary>What a worker hands over of a call.</summary>
/// <param name="Session">The session that holds a line, no command of it under way.</param>
/// <param name="LastEnded">The last session whose confirm was sent, or that ended without an answer.</param>
/// <param name="FollowsAnother">Whether the call wanted something else after <paramref name="LastEnded"/>.</param>
internal sealed record CallSnapshot(CallSession? Session, CallSession? LastEnded, bool FollowsAnother);
