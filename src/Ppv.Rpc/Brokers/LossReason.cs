namespace Ppv.Rpc.Brokers;

/// <summary>
/// What the broker says when it closes a channel or a connection: a code and a text, as in <c>501 FRAME_ERROR - cannot fit ...</c>
/// (https://www.rabbitmq.com/amqp-0-9-1-reference#constants).
/// </summary>
internal static class LossReason
{
    /// <summary>What was sent can't be taken as it is, however often it is sent: frame, syntax, command or value.</summary>
    private static readonly string[] OfForm =
        ["311 ", "406 PRECONDITION_FAILED - message size", "406 PRECONDITION_FAILED - invalid expiration", "501 ", "502 ", "503 ", "505 "];

    /// <summary>
    /// Whether the broker ended it for the form of something that was sent, whoever met that first: what was done then may stand before it.
    /// </summary>
    public static bool IsOfForm(string reason) => Array.Exists(OfForm, code =>
        reason.StartsWith(code, StringComparison.Ordinal) || reason.Contains($": {code}", StringComparison.Ordinal));
}
