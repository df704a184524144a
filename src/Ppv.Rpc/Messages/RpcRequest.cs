namespace Ppv.Rpc;

/// <summary>A request to send. Immutable.</summary>
/// <param name="Id">What the request is known by, the same on every attempt: the <c>message-id</c>, 1..255 bytes of UTF-8.</param>
/// <param name="Body">The text. Not to be changed until the answer is there.</param>
public sealed record RpcRequest(string Id, ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// What kind of request it is, for the server to tell apart: the message's <c>type</c>; none by default. Requests without one are
    /// persistent, unless <see cref="RpcOptions.QueueKind"/> is <see cref="QueueKind.LegacyTransient"/>; those with one never are.
    /// </summary>
    public string? Type { get; init; }

    /// <summary>
    /// What telemetry calls the request (<c>rpc.method</c>): one of a few names, for each is a series of its own. Not sent. Default
    /// <see langword="null"/>: <see cref="Type"/>.
    /// </summary>
    public string? Method { get; init; }

    /// <summary>
    /// The queue it goes to, on the default exchange: <see cref="RpcOptions.Queue"/> when <see langword="null"/>, the default. A queue that
    /// is none of the options' must be there already, or the request comes back as not executed.
    /// </summary>
    public string? Queue { get; init; }

    /// <summary>
    /// When its caller stops waiting, where some of the time is used up already; <see cref="RpcOptions.ReplyTimeout"/> from now on by
    /// default.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// Whether to send it again, with the same id and marked as a possible duplicate, when the connection is lost while waiting for the
    /// answer and there is time left. Only for what may be executed twice, or where every server on the queue recognises the id. Default
    /// <see langword="false"/>.
    /// </summary>
    public bool ResendAfterLoss { get; init; }

    /// <summary>
    /// Whether it may have been sent before, by this process or another one: the server then executes it only if it can know that nobody
    /// has. Default <see langword="false"/>; a request that the client itself sends again (<see cref="ResendAfterLoss"/>) is marked anyway.
    /// </summary>
    public bool PossibleDuplicate { get; init; }
}
