namespace Ppv.Rpc;

/// <summary>A request as it came from the queue.</summary>
public sealed class RpcCall
{
    /// <summary>
    /// The id of what is asked for, the same on every attempt: the message's <c>message-id</c>, else its <c>correlation-id</c> (the old gateway sets no
    /// other), else a new one.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The text of the request, a copy of its own.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// When the caller stops waiting, by this host's clock: the deadline that came with the message less <see cref="RpcOptions.ClockSkew"/>, else the time of
    /// arrival plus <see cref="RpcOptions.ReplyTimeout"/>.
    /// </summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The message's <c>type</c>; <see langword="null"/> for orders.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// Whether somebody may have had it before: the broker delivers it again because a worker did not settle it, or its sender sent it again after a loss.
    /// </summary>
    public bool PossibleDuplicate { get; init; }

    /// <summary>
    /// Looks whether the server still has its place on the queue, and a broker that takes the answer. Set by the server; tests of handlers may set their own. Default:
    /// nothing is ever lost.
    /// </summary>
    public Func<string?> PlaceCheck { get; init; } = static () => null;

    /// <summary>
    /// Why the server must not act on the request any more, as a sentence: it works on the queue alone (<see cref="RpcOptions.SingleActiveConsumer"/>) and has
    /// lost its place, or has not proved it for longer than <see cref="BrokerOptions.Heartbeat"/>, so that another server may act by now.
    /// Or the broker takes no messages (a memory or disk alarm), so that no answer could leave. <see langword="null"/>: nothing speaks against it. Evaluated at each
    /// call, quickly; what was lost stays lost for this call. To be looked at right before each act that must not be done by two. A handler that finds it lost may
    /// end with <see cref="OperationCanceledException"/> where nothing was done yet: the request is not settled, and the broker gives it to whoever has the place, or
    /// the handler gets it anew when the broker takes messages again.
    /// </summary>
    public string? LostPlaceReason => PlaceCheck();

    /// <summary>
    /// Whether only this server can have had it before, if anybody had: no other one has served the queue since before the request can have been sent. Then what this
    /// server has no record of was never begun. Always <see langword="false"/> for a server that does not work alone.
    /// </summary>
    public bool OnlyOursBefore { get; init; }

    /// <summary>
    /// Cancelled when the server takes no more requests. What is only waiting for its turn then, perhaps for somebody whose next request will not be taken,
    /// may end with <see cref="OperationCanceledException"/>: it goes back to the queue at once, for the next server. What was begun is to be finished.
    /// </summary>
    public CancellationToken Stopping { get; init; }
}
