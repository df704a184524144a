using System.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

internal static class ReplyAssertions
{
    /// <summary>The answer is this text with this outcome, and has a reason when it is not completed.</summary>
    public static void ShouldSay(this RpcReply reply, string text, RpcOutcome outcome = RpcOutcome.Completed)
    {
        (Encoding.ASCII.GetString(reply.Body.Span), reply.Outcome).ShouldBe((text, outcome), reply.Reason);
        (reply.Reason is null).ShouldBe(outcome == RpcOutcome.Completed);
    }
}
