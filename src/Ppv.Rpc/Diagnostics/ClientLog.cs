using Microsoft.Extensions.Logging;
using Ppv.Protocol;

namespace Ppv.Rpc.Diagnostics;

/// <summary>What clients tell the log. Event ids 1100 to 1199.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1100, LogLevel.Warning, "The answer to request {Id} came after its caller had stopped waiting: {Outcome}, {Text}.")]
    public static partial void LateReply(ILogger logger, string id, PpvOutcome outcome, string? text);

    [LoggerMessage(1101, LogLevel.Debug, "Request {Id} goes to queue {Queue} with correlation id {CorrelationId}: {Body}", SkipEnabledCheck = true)]
    public static partial void Published(ILogger logger, string id, string queue, string correlationId, string body);

    [LoggerMessage(1102, LogLevel.Debug, "Request {Id} was answered, {Outcome}: {Body}", SkipEnabledCheck = true)]
    public static partial void Answered(ILogger logger, string id, PpvOutcome outcome, string body);

    [LoggerMessage(1103, LogLevel.Warning, "An answer came that belongs to no call of ours (correlation id {CorrelationId}); it was dropped.")]
    public static partial void StrangeReply(ILogger logger, string? correlationId);

    [LoggerMessage(1104, LogLevel.Warning, "Request {Id} is sent again with the same id. {Reason}")]
    public static partial void SentAgain(ILogger logger, string id, string? reason);

    [LoggerMessage(1150, LogLevel.Information, "Call {Connid} began on queue {Queue} and stays there; new calls with this id would go to {Chosen}.")]
    public static partial void CallStays(ILogger logger, ConnectionId connid, string queue, string chosen);

    [LoggerMessage(1151, LogLevel.Warning, "No worker on queue {Queue} said within {Limit} whether it has call {Connid}. {Reason}")]
    public static partial void CallNotAnswered(ILogger logger, string queue, TimeSpan limit, ConnectionId connid, string? reason);
}
