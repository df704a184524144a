using System.Text;

namespace Ppv.Rpc.Orders;

/// <summary>Answers to orders as they travel: Wizard's text with its <c>\r</c>, or a code of the worker's without (contract §2).</summary>
internal static class OrderReply
{
    /// <summary>Wizard's answer, to which the <c>\r</c> is added that the old worker passes on.</summary>
    public static RpcReply Completed(string text) => new(Encoding.ASCII.GetBytes(text + "\r"), RpcOutcome.Completed);

    /// <summary>A code of the worker's: no <c>\r</c>, as the old worker sends it.</summary>
    public static RpcReply Failed(string code, RpcOutcome outcome, string reason) => new(Encoding.ASCII.GetBytes(code), outcome, reason);

    /// <summary>
    /// What an answer says. An old worker sends no header: its texts with <c>\r</c> are Wizard's, the others are its own.
    /// </summary>
    public static RpcReply Read(RpcReply reply) =>
        !reply.IsOutcomeMissing ? reply
        : reply.Body.Span.Contains((byte)'\r') ? new RpcReply(reply.Body, RpcOutcome.Completed)
        : new RpcReply(
        reply.Body, RpcOutcome.Unknown, "The worker answered with a code of its own and did not say whether Wizard was asked.");

    /// <summary>The text up to its first <c>\r</c>, or <see langword="null"/> when there is none.</summary>
    public static string? Text(RpcReply reply)
    {
        var text = reply.Body.Span;
        if (text.IndexOf((byte)'\r') is >= 0 and var end) text = text[..end];
        return text.IsEmpty && reply.Outcome != RpcOutcome.Completed ? null : Encoding.UTF8.GetString(text);
    }
}
