using Ppv.Protocol;

namespace Ppv.Hosting;

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

    public void Remember(Lease? ended) => (LastEnded, FollowsAnother) = (ended, ended?.State == LeaseState.Broken);

    public bool IsIdle => Requests.Count == 0;

    public bool IsForgotten => IsIdle && Lease is null && LastEnded is null;
}
