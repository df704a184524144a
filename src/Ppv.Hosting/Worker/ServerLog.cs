using Microsoft.Extensions.Logging;
using Ppv.Hosting.Redaction;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Worker;

internal static partial class ServerLog
{
    [LoggerMessage(11, LogLevel.Information, "Order {OrderId} of call {Connid}, {Command}: Wizard said {Code}, in {Elapsed:0.0} ms.")]
    public static partial void Completed(
        PlainLogger logger, string orderId, ConnectionId? connid, LoggedCommand command, string code, double elapsed);

    [LoggerMessage(12, LogLevel.Warning, "Order {OrderId} of call {Connid}, {Command}: {Code}, {Outcome}, in {Elapsed:0.0} ms. {Reason}")]
    public static partial void Failed(
        StrangersLog logger, string orderId, ConnectionId? connid, LoggedCommand command, string code, RpcOutcome outcome, double elapsed,
        string? reason);

    [LoggerMessage(13, LogLevel.Warning, "Message {OrderId} is no order and was answered with {Code}. {Reason}")]
    public static partial void Refused(StrangersLog logger, string orderId, string code, string reason);

    [LoggerMessage(14, LogLevel.Error, "Order {OrderId} failed in a way that is not foreseen; its outcome is unknown.")]
    public static partial void ExecutionFailed(PlainLogger logger, string orderId, Exception exception);

    [LoggerMessage(15, LogLevel.Critical, "The worker ended and stops the program: {Reason}")]
    public static partial void Ended(PlainLogger logger, string reason);

    [LoggerMessage(18, LogLevel.Warning, "The result of order {OrderId}, {State}, is not on disk yet; if the worker ends before it is, "
        + "the journal will not know it.")]
    public static partial void ResultNotOnDisk(PlainLogger logger, string orderId, JournalState state);

    [LoggerMessage(20, LogLevel.Information, "The order journal is {Path}.")]
    public static partial void JournalAt(PlainLogger logger, string path);

    [LoggerMessage(27, LogLevel.Warning, "Confirm {OrderId} was not sent, and that is forgotten as soon as a refusal, because its client "
        + "has had so many of them: repeats, or confirms whose ids may have been used before. See who sends them.")]
    public static partial void TooManyUnsent(StrangersLog logger, string orderId);

    [LoggerMessage(35, LogLevel.Warning, "Order {OrderId} ended as {State} when the order journal was closed already, which has it as "
        + "unknown.")]
    public static partial void ResultAfterClose(PlainLogger logger, string orderId, JournalState state);
}
