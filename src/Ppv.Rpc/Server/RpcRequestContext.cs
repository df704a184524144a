using Ppv.Protocol;

namespace Ppv.Rpc;

/// <summary>A request as it came from the queue, and what its handler has to know of it. Immutable but for <see cref="Method"/>.</summary>
public sealed class RpcRequestContext
{
    private readonly long _coveredSince; // Ticks, and one more; 0 when it is not known.

    /// <summary>
    /// The id of what is asked for, the same on every attempt: the message's <c>message-id</c>, else its <c>correlation-id</c> (the old
    /// gateway sets no other), else a new one. For an id that is not printable ASCII stands its SHA-256 in hexadecimal digits.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The text of the request, a copy of its own.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// When the handler's time is over, by this host's clock: the deadline that came with the message less
    /// <see cref="RpcOptions.ClockSkew"/>, and less a twentieth of what is left, at most 500 ms, in which the answer gets back to its
    /// caller; without one the time of arrival plus <see cref="RpcOptions.ReplyTimeout"/>. Never later than the arrival plus the message's
    /// <c>expiration</c>, and plus 10 min, whatever the sender's clock shows.
    /// </summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The message's <c>type</c>: <see cref="RpcRequest.Type"/>.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// What telemetry calls the request (<c>rpc.method</c>): for the handler to set as soon as it knows, one of a few names, for each is a
    /// series of its own. Default <see langword="null"/>, and not <see cref="Type"/>: that is whatever the sender wrote.
    /// </summary>
    public string? Method { get; set; }

    /// <summary>
    /// Whether anything can have been asked for under its id before, and since when: what its sender says of it, or, where the broker
    /// delivers it again because a server did not settle it, for how long it can have been on its way. Default
    /// <see cref="IdHistory.Repeat"/>.
    /// </summary>
    public IdHistory History { get; init; }

    /// <summary>What it is a part of: <see cref="RpcRequest.Subject"/>.</summary>
    public string? Subject { get; init; }

    /// <summary>The caller that it is for: <see cref="RpcRequest.Owner"/>.</summary>
    internal string? Owner { get; init; }

    /// <summary>
    /// The right to act on the request, to be looked at right before each act that must not be done by two. It is lost when the server
    /// works on the queue alone (<see cref="RpcOptions.SingleActiveConsumer"/>) and leads it no longer, or has not proved that for longer
    /// than <see cref="BrokerOptions.Heartbeat"/>, so that another server may act by now; and when the broker takes no messages (a memory
    /// or disk alarm), so that no answer could leave. A handler that finds it lost may end with <see cref="OperationCanceledException"/>
    /// where nothing was done yet: the request is not settled, and the broker gives it to whoever leads, or the handler gets it anew when
    /// the broker takes messages again. Default <see cref="Fence.Open"/>.
    /// </summary>
    public Fence Fence { get; init; } = Fence.Open;

    /// <summary>
    /// Since when this server, or one that has handed over to it, has had all of the queue's requests: what was asked for after that, and
    /// is not on record here, was never begun. <see langword="null"/>, the default, when that is not known.
    /// </summary>
    public DateTimeOffset? CoveredSince
    {
        get => _coveredSince > 0 ? new DateTimeOffset(_coveredSince - 1, TimeSpan.Zero) : null;
        init => _coveredSince = value is { } since ? since.UtcTicks + 1 : 0;
    }

    /// <summary>Whether <see cref="CoveredSince"/> would hold for an id that was used before, too: for who passes it on.</summary>
    internal bool IsCoverageProven { get; init; }

    /// <summary>
    /// From its sender's sending to the server's getting it, by the clocks of both, so it may be negative; <see langword="null"/> where
    /// the sender did not say when that was, or where those clocks differ for certain.
    /// </summary>
    internal TimeSpan? TimeOnQueue { get; init; }

    /// <summary>
    /// Why its time may be over by this host's clock although it came at once, as a sentence: the sender's clock is behind.
    /// <see langword="null"/> while nothing shows that for certain.
    /// </summary>
    internal string? ClockTrouble { get; init; }

    /// <summary>
    /// Cancelled when the server takes no more requests. What is only waiting for its turn then, perhaps for somebody whose next request
    /// will not be taken, may end with <see cref="OperationCanceledException"/>: it goes back to the queue at once, for the next server.
    /// What was begun is to be finished.
    /// </summary>
    public CancellationToken Stopping { get; init; }
}
