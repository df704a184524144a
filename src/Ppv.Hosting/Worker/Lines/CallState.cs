using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>What the worker keeps of a call.</summary>
/// <param name="id">The call; <see langword="null"/> for all orders without connid together.</param>
internal sealed class CallState(ConnectionId? id)
{
    public ConnectionId? Id => id;

    /// <summary>
    /// Its commands in the order of arrival; they run one after the other. One that was given up stays in its place, so that a confirm
    /// behind it finds that the caller had wanted something else.
    /// </summary>
    public Queue<LineRequest> Requests { get; } = new();

    /// <summary>The lease that holds a line.</summary>
    public Lease? Lease { get; set; }

    /// <summary>
    /// The last lease whose confirm was sent, or that ended without an answer, for as long as a repeat of its confirm may come.
    /// </summary>
    public Lease? LastEnded { get; private set; }

    /// <summary>Whether the call wants something else than in <see cref="LastEnded"/>: see <see cref="Lease.FollowsAnother"/>.</summary>
    public bool FollowsAnother { get; private set; }

    /// <summary>What a repeated confirm is answered from: <see cref="LastEnded"/>, unless the call wants something else by now.</summary>
    public Lease? Confirmed => FollowsAnother ? null : LastEnded;

    /// <summary>The call wants something else than what it confirmed.</summary>
    public void BeginAnew() => FollowsAnother = LastEnded is not null;

    /// <summary>
    /// The call asked for an EV or EN that is not sent, after everything else that it asked for. Unless that is what its line has, and it
    /// is told OK, it wants something else than the line has. Of a confirm: nothing.
    /// </summary>
    /// <returns>Whether something that it had named counts no more.</returns>
    public bool Supersede(PpvOrder order, bool isOk)
    {
        if (order.Command.Kind == PpvCommandKind.Confirm) return false;
        var wasFollowed = FollowsAnother;
        if (LastEnded is { } ended && !(isOk && ended.Named.Has(order))) BeginAnew();
        if (Lease is not { } lease || (isOk && lease.Named.Has(order)) || !lease.Named.HasAny(order.Command.Kind))
            return FollowsAnother != wasFollowed;
        Lease = lease.Forget(order);
        return true;
    }

    /// <summary>
    /// Whether an EV or EN that comes now takes away what the call has named, or names while it waits, or has confirmed. However it ends,
    /// that counts no more.
    /// </summary>
    public bool MayLose(PpvOrder order)
    {
        var kind = order.Command.Kind;
        return kind != PpvCommandKind.Confirm && (Confirmed is not null
            || (Lease?.Named.HasAny(kind) ?? false) || Requests.Any(request => request.Command == kind));
    }

    /// <summary>
    /// Whether the latest of its kind that waits says already what this order, which is not sent, would say; not over a confirm that stands
    /// between them, which may buy.
    /// </summary>
    public bool IsSaid(PpvOrder order, bool isOk) =>
        LastNotSent(order.Command.Kind) is { } last && (!last.IsOk || (isOk && last.Order.Id == order.Id));

    /// <summary>
    /// Whether an order that is told OK without being sent keeps what it has named: not behind another one of its kind that is, for the
    /// line has one of both at most.
    /// </summary>
    public bool MayKeep(PpvOrder order) => LastNotSent(order.Command.Kind) is not { IsOk: true } other || other.Order.Id == order.Id;

    private LineRequest? LastNotSent(PpvCommandKind kind) =>
        Requests.LastOrDefault(request => request.Command == kind || request.Command == PpvCommandKind.Confirm) is
            { Command: not PpvCommandKind.Confirm, IsDecided: true, IsGranted: false } last ? last : null;

    /// <summary>
    /// Whether it goes on, or was confirmed, by orders that are part of no purchase: those go where their call is. A purchase's go where
    /// its key belongs, and draw no other order of the call there.
    /// </summary>
    public bool HasOrdersOfItsOwn => Requests.Any(request => request.Order.Subject is null)
        || (Lease?.Named.HasAnyOf(subject: null) ?? false)
        || LastEnded is { Subject: null, State: LeaseState.Answered or LeaseState.Unknown };

    public void Remember(Lease? ended) => (LastEnded, FollowsAnother) = (ended, ended?.State == LeaseState.Broken);

    public bool IsIdle => Requests.Count == 0;

    /// <summary>Whether a command of it is on its line.</summary>
    public bool IsRunning => Requests.TryPeek(out var first) && first.IsGranted;

    public bool IsForgotten => IsIdle && Lease is null && LastEnded is null;
}
