using System.Text;

namespace Ppv.Rpc;

/// <summary>The answer to a request.</summary>
/// <param name="Body">The text: Wizard's with its <c>\r</c>, or a bare code (contract §2).</param>
/// <param name="Outcome">What is known of the order. Travels in a header that old gateways overlook.</param>
/// <param name="Reason">Why it is not completed, a sentence; travels in a header.</param>
public sealed record RpcReply(ReadOnlyMemory<byte> Body, PpvOutcome Outcome, string? Reason = null)
{
    /// <summary>The answer where the handler failed: no text, outcome unknown.</summary>
    public static RpcReply Fault { get; } = new(ReadOnlyMemory<byte>.Empty, PpvOutcome.Unknown, "The worker failed on this request; its log says why.");

    /// <summary>Wizard's answer, to which the <c>\r</c> is added that the old worker passes on.</summary>
    public static RpcReply Completed(string text) => new(Encoding.ASCII.GetBytes(text + "\r"), PpvOutcome.Completed);

    /// <summary>A code of the worker's: no <c>\r</c>, as the old worker sends it.</summary>
    public static RpcReply Failed(string code, PpvOutcome outcome, string reason) => new(Encoding.ASCII.GetBytes(code), outcome, reason);
}
