using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>One purchase of a call on one line: what Wizard answered there since the call took the line. A value: every step makes a new one.</summary>
internal sealed record CallSession
{
    /// <summary>Unique for each session, also among those of one call.</summary>
    public required string Id { get; init; }

    /// <summary>The call; <see langword="null"/> on the line that orders without connid share.</summary>
    public required ConnectionId? ConnectionId { get; init; }

    public required LineNumber Line { get; init; }

    /// <summary>When a command of it began or ended last.</summary>
    public required DateTimeOffset LastActivity { get; init; }

    /// <summary>Which of EV and EN the line remembers from this session.</summary>
    public ConfirmPrerequisites Met { get; init; }

    public SessionState State { get; init; } = SessionState.Open;

    /// <summary>What Wizard said to the confirm.</summary>
    public string? Answer { get; init; }

    /// <summary>
    /// Whether the call had confirmed something shortly before, or had a session that ended without an answer. Were this one forgotten in a crash, its confirm would
    /// pass for a repeat of that one and get its answer, or go to the line of a session that is over.
    /// </summary>
    public bool FollowsAnother { get; init; }

    /// <summary>
    /// Whether the worker has started over while a command of it ran: it ends with this command, whatever its end, because another worker may have used the line.
    /// </summary>
    public bool IsOver { get; init; }

    public static CallSession Start(CallState call, LineNumber line, DateTimeOffset now) =>
        new() { Id = Guid.NewGuid().ToString(), ConnectionId = call.Id, Line = line, LastActivity = now, FollowsAnother = call.FollowsAnother };

    /// <summary>The command is about to be sent. What it replaces counts no more, for nobody knows what Wizard keeps of it if it refuses the new value.</summary>
    public CallSession Begin(PpvCommandKind command, DateTimeOffset now) => Forget(command) with
    {
        State = command == PpvCommandKind.Confirm ? SessionState.Confirming : SessionState.Open,
        LastActivity = now,
    };

    /// <summary>Wizard answered.</summary>
    public CallSession End(PpvCommandKind command, string text, DateTimeOffset now) => command == PpvCommandKind.Confirm
        ? this with { State = SessionState.Answered, Answer = text, LastActivity = now }
        : this with { Met = text == ResultCodes.Ok ? Met | PrerequisiteOf(command) : Met, LastActivity = now };

    /// <summary>Not a byte of the command was sent: the session goes on, and a confirm may be tried again.</summary>
    public CallSession EndUnsent(DateTimeOffset now) => this with { State = SessionState.Open, LastActivity = now };

    /// <summary>The command may have been sent and was not answered: the session is over.</summary>
    public CallSession EndUnanswered(DateTimeOffset now) => this with
    {
        State = State == SessionState.Confirming ? SessionState.Unknown : SessionState.Broken,
        LastActivity = now,
    };

    /// <summary>The caller wanted something else than the line remembers, so that a confirm must not buy that.</summary>
    public CallSession Forget(PpvCommandKind command) => this with { Met = Met & ~PrerequisiteOf(command) };

    private static ConfirmPrerequisites PrerequisiteOf(PpvCommandKind command) => command switch
    {
        PpvCommandKind.Event => ConfirmPrerequisites.Event,
        PpvCommandKind.Subscriber => ConfirmPrerequisites.Subscriber,
        _ => ConfirmPrerequisites.None,
    };
}
