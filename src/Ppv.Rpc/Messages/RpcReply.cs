using Ppv.Rpc.Messages;

namespace Ppv.Rpc;

/// <summary>The answer to a request. Immutable.</summary>
/// <param name="Body">The answer's bytes; empty when there are none.</param>
/// <param name="Outcome">What is known of the request. It travels in a header that old programs overlook.</param>
/// <param name="Reason">Why it is not completed, as a sentence; it travels in a header.</param>
public sealed record RpcReply(ReadOnlyMemory<byte> Body, RpcOutcome Outcome, string? Reason = null)
{
    /// <summary>The answer where the handler failed: no bytes, outcome unknown.</summary>
    public static RpcReply Fault { get; } = WithoutBody(RpcOutcome.Unknown, "The worker failed on this request; its log says why.");

    /// <summary>
    /// Whether the server said nothing of the outcome: it is of an older kind, and whoever knows its answers must read the outcome from
    /// <see cref="Body"/>. <see cref="Outcome"/> is <see cref="RpcOutcome.Unknown"/> then.
    /// </summary>
    public bool IsOutcomeMissing { get; init; }

    /// <summary>
    /// What the server said of the request's id: whether its answer is of an earlier request. It travels in the header <c>x-ppv-prior</c>.
    /// Default <see cref="PriorUse.None"/>.
    /// </summary>
    internal PriorUse Prior { get; init; }

    /// <summary>
    /// What the log of this process says in the place of <see cref="Reason"/>, which any caller may read; it does not travel.
    /// </summary>
    internal string? Detail { get; init; }

    /// <summary>What the log says of it.</summary>
    internal string? Logged => Detail ?? Reason;

    /// <summary>The same where the reason has a part that no caller is told.</summary>
    internal static RpcReply WithoutBody(RpcOutcome outcome, Ppv.Protocol.Text.Reason reason) =>
        new(ReadOnlyMemory<byte>.Empty, outcome, reason.Told) { Detail = reason.Detail };

    /// <summary>What is known where nobody has answered.</summary>
    /// <param name="outcome">What is known.</param>
    /// <param name="reason">Why there is no answer, as a sentence.</param>
    public static RpcReply WithoutBody(RpcOutcome outcome, string reason) => new(ReadOnlyMemory<byte>.Empty, outcome, reason);
}
