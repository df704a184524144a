using Microsoft.Extensions.Logging;
using Ppv.Hosting.Redaction;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Gateway;

internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Information, "Order {OrderId} of call {Connid}, {Command}: {Code}, in {Elapsed:0.0} ms.")]
    public static partial void Completed(
        PlainLogger logger, string orderId, ConnectionId? connid, LoggedCommand command, string code, double elapsed);

    [LoggerMessage(2, LogLevel.Warning, "Order {OrderId} of call {Connid}, {Command}: {Code}, {Outcome}, in {Elapsed:0.0} ms. {Reason}")]
    public static partial void Failed(
        StrangersLog logger, string orderId, ConnectionId? connid, LoggedCommand command, string code, RpcOutcome outcome, double elapsed,
        string? reason);

    [LoggerMessage(3, LogLevel.Information, "Request {OrderId} was refused: {Code}. {Reason}")]
    public static partial void Refused(StrangersLog logger, string orderId, string code, string? reason);

    [LoggerMessage(4, LogLevel.Error, "Placing order {OrderId} failed in a way that is not foreseen; its outcome is unknown.")]
    public static partial void ClientFailed(PlainLogger logger, string orderId, Exception exception);

    [LoggerMessage(5, LogLevel.Debug, "The caller left before the answer to order {OrderId}, after {Elapsed:0.0} ms.")]
    public static partial void CallerLeft(PlainLogger logger, string orderId, double elapsed);
}
