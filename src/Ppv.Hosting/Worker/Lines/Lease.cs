using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// One purchase of a call on one line: what Wizard answered there since the call took the line. A value: every step makes a new one.
/// </summary>
internal sealed record Lease
{
    /// <summary>Unique for each lease, also among those of one call.</summary>
    public required string Id { get; init; }

    /// <summary>The call; <see langword="null"/> on the line that orders without connid share.</summary>
    public required ConnectionId? ConnectionId { get; init; }

    public required LineNumber Line { get; init; }

    /// <summary>When a command of it began or ended last.</summary>
    public required DateTimeOffset LastActivity { get; init; }

    /// <summary>When the call got the line, as far as this process knows.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>What the call has named on the line.</summary>
    public Naming Named { get; init; }

    /// <summary>What its confirm is a part of: <see cref="PpvOrder.Subject"/>. Of a lease whose confirm was sent.</summary>
    public string? Subject { get; init; }

    public LeaseState State { get; init; } = LeaseState.Open;

    /// <summary>What Wizard said to the confirm.</summary>
    public string? Answer { get; init; }

    /// <summary>
    /// Whether the call had confirmed something shortly before, or had a lease that ended without an answer. Were this one forgotten in a
    /// crash, its confirm would pass for a repeat of that one and get its answer, or go to the line of a lease that is over.
    /// </summary>
    public bool FollowsAnother { get; init; }

    /// <summary>Of a lease that is over: whether its call has asked for something else since.</summary>
    public bool IsSuperseded { get; init; }

    /// <summary>
    /// Whether the worker has started over while a command of it ran: it ends with this command, whatever its end, because another worker
    /// may have used the line.
    /// </summary>
    public bool IsOver { get; init; }

    /// <summary>Whether a command of it was under way when its worker ended: it may have been sent until that moment.</summary>
    public bool IsCutOff { get; init; }

    /// <summary>Whether whoever waits for a line may have this one, although the call was active just now.</summary>
    public bool IsYielding { get; init; }

    /// <summary>
    /// Whether another call had the line until a moment ago, and nothing was sent since: after a crash that call would have it again, with
    /// what Wizard knows by then of this one. So this one must be on disk first.
    /// </summary>
    public bool MustBeRecorded { get; init; }

    /// <summary>Whether the idle lease's line may go to whoever waits.</summary>
    public bool MayBeTaken(DateTimeOffset now, WorkerOptions options) => IsYielding || MayBeTakenAt(options) <= now;

    /// <summary>From when on the line may go to whoever waits, if no further command of the call comes.</summary>
    public DateTimeOffset MayBeTakenAt(WorkerOptions options) =>
        LastActivity + options.LeaseReclaim is var idle && Began + options.LeaseLifetime is { } old && old < idle ? old : idle;

    public static Lease Start(CallState call, LineNumber line, bool mustBeRecorded, DateTimeOffset now) =>
        new()
        {
            MustBeRecorded = mustBeRecorded,
            Id = Guid.NewGuid().ToString(),
            ConnectionId = call.Id,
            Line = line,
            LastActivity = now,
            Began = now,
            FollowsAnother = call.FollowsAnother,
        };

    /// <summary>
    /// The command is about to be sent. What it replaces counts no more, for nobody knows what Wizard keeps of it if it refuses the new
    /// value.
    /// </summary>
    public Lease Begin(PpvOrder order, DateTimeOffset now) => Forget(order) with
    {
        State = order.Command.Kind == PpvCommandKind.Confirm ? LeaseState.Confirming : LeaseState.Open,
        Subject = order.Command.Kind == PpvCommandKind.Confirm ? order.Subject : null,
        LastActivity = now,
        IsYielding = false,
    };

    /// <summary>Wizard answered.</summary>
    public Lease End(PpvOrder order, string text, DateTimeOffset now) => order.Command.Kind == PpvCommandKind.Confirm
        ? this with { State = LeaseState.Answered, Answer = text, LastActivity = now }
        : this with
        {
            Named = Named.After(order, isOk: text == ResultCodes.Ok && !IsOver), LastActivity = now, MustBeRecorded = false,
        };

    /// <summary>Not a byte of the command was sent: the lease goes on, and a confirm may be tried again.</summary>
    public Lease EndUnsent(DateTimeOffset now) => this with { State = LeaseState.Open, Subject = null, LastActivity = now };

    /// <summary>As <see cref="EndUnsent"/>, for a reason of the worker's own: the lease goes on while nobody else wants its line.</summary>
    public Lease EndRefused(DateTimeOffset now) => EndUnsent(now) with { IsYielding = true };

    /// <summary>The command may have been sent and was not answered: the lease is over.</summary>
    public Lease EndUnanswered(DateTimeOffset now) => this with
    {
        State = State == LeaseState.Confirming ? LeaseState.Unknown : LeaseState.Broken,
        LastActivity = now,
    };

    /// <summary>The caller wanted something else than the line remembers, so that a confirm must not buy that.</summary>
    public Lease Forget(PpvOrder order) => this with { Named = Named.After(order, isOk: false) };
}
