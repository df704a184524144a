using Ppv.Protocol;

namespace Ppv.Rpc;

/// <summary>A request as it came from the queue, and what its handler has to know of it. Immutable but for <see cref="Method"/>.</summary>
public sealed class RpcRequestContext
{
    /// <summary>
    /// The id of what is asked for, the same on every attempt: the message's <c>message-id</c>, else its <c>correlation-id</c> (the old
    /// gateway sets no other), else a new one.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The text of the request, a copy of its own.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// When the handler's time is over, by this host's clock: the deadline that came with the message less
    /// <see cref="RpcOptions.ClockSkew"/>, and less a twentieth of what is left, at most 500 ms, in which the answer gets back to its
    /// caller; without one the time of arrival plus <see cref="RpcOptions.ReplyTimeout"/>.
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
    /// Whether somebody may have had it before: the broker delivers it again because a server did not settle it, or its sender sent it
    /// again after a loss.
    /// </summary>
    public bool PossibleDuplicate { get; init; }

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
    /// Whether only this server can have had it before, if anybody had: no other one has led the queue since before the request can have
    /// been sent. Then what this server has no record of was never begun. Always <see langword="false"/> for a server that does not work
    /// alone.
    /// </summary>
    public bool OnlyOursBefore { get; init; }

    /// <summary>
    /// From its sender's sending to the server's getting it, by the clocks of both, so it may be negative; <see langword="null"/> where
    /// the sender did not say when that was.
    /// </summary>
    internal TimeSpan? TimeOnQueue { get; init; }

    /// <summary>
    /// Cancelled when the server takes no more requests. What is only waiting for its turn then, perhaps for somebody whose next request
    /// will not be taken, may end with <see cref="OperationCanceledException"/>: it goes back to the queue at once, for the next server.
    /// What was begun is to be finished.
    /// </summary>
    public CancellationToken Stopping { get; init; }
}
