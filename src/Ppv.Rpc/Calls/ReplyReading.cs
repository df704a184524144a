using System.Text;
using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Calls;

/// <summary>What an answer says. An old worker sends no header: it passes Wizard's text on with its <c>\r</c>, and its own codes without (contract §2).</summary>
internal static class ReplyReading
{
    public static RpcReply Read(BrokerMessage message)
    {
        if (message.Outcome is { } outcome) return new RpcReply(message.Body, outcome, message.Reason);
        return message.Body.Span.Contains((byte)'\r')
            ? new RpcReply(message.Body, PpvOutcome.Completed)
            : new RpcReply(message.Body, PpvOutcome.Unknown, "The worker answered with a code of its own and did not say whether Wizard was asked.");
    }

    /// <summary>The text up to its first <c>\r</c>, or <see langword="null"/> when there is none.</summary>
    public static string? Text(RpcReply reply)
    {
        var text = reply.Body.Span;
        if (text.IndexOf((byte)'\r') is >= 0 and var end) text = text[..end];
        return text.IsEmpty && reply.Outcome != PpvOutcome.Completed ? null : Encoding.UTF8.GetString(text);
    }
}
