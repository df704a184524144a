using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc.Client;

/// <summary>What clients tell the log. Event ids 1100 to 1149.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1100, LogLevel.Warning, "The answer to request {Id} came after its caller had stopped waiting: {Outcome}, {Text}.")]
    public static partial void LateReply(StrangersLog logger, string id, RpcOutcome outcome, string? text);

    [LoggerMessage(
        1101, LogLevel.Debug, "Request {Id} goes to queue {Queue} with correlation id {CorrelationId}, {Length} bytes.")]
    public static partial void Published(PlainLogger logger, string id, string queue, string correlationId, int length);

    [LoggerMessage(1102, LogLevel.Debug, "Request {Id} was answered, {Outcome}, with {Length} bytes.")]
    public static partial void Answered(PlainLogger logger, string id, RpcOutcome outcome, int length);

    [LoggerMessage(
        1103, LogLevel.Warning, "An answer came that belongs to no request of ours (correlation id {CorrelationId}); it was dropped.")]
    public static partial void StrangeReply(StrangersLog logger, string? correlationId);

    [LoggerMessage(1104, LogLevel.Warning, "Request {Id} is sent again with the same id. {Reason}")]
    public static partial void SentAgain(PlainLogger logger, string id, string? reason);
}
