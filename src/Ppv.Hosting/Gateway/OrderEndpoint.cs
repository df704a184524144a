using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Redaction;
using Ppv.Hosting.Security;
using Ppv.Hosting.Telemetry;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Orders;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// Answers the voice platform (contract §1): every request, however broken, gets a code within <see cref="RpcOptions.ReplyTimeout"/>. One
/// of the two places where exceptions become codes.
/// </summary>
internal sealed class OrderEndpoint(
    IPpvClient client, IOptions<PpvGatewayOptions> options, IRedactorProvider redaction, OrderFigures figures,
    TimeProvider timeProvider, PlainLogger<OrderEndpoint> logger)
{
    /// <summary>The client knows more of a time-out than we do (was it published?), and its clock starts a moment after ours.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly StrangersLog _strangers = new(logger, timeProvider);
    private readonly TimeSpan _replyTimeout = options.Value.Rpc.ReplyTimeout;
    private readonly Redactor _redactor = redaction.GetRedactor(PpvDataClassifications.SubscriberNumber);

    public async Task HandleAsync(HttpContext context)
    {
        var started = timeProvider.GetTimestamp();
        var gateway = options.Value.Gateway;
        using var limit = new CancellationTokenSource(_replyTimeout + Grace, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        PpvOrder? order = null;
        try
        {
            (order, var history, var refusal) = await ReadAsync(context.Request, gateway, end.Token).ConfigureAwait(false);
            context.RequestAborted.ThrowIfCancellationRequested();
            var owner = Caller.OwnerOf(context);
            if (owner is not null) order = order?.OwnedBy(owner);
            var answer = order is null
                ? refusal!
                : await PlaceAsync(order, history, gateway, end.Token, context.RequestAborted).ConfigureAwait(false);
            Report(order, answer, timeProvider.GetElapsedTime(started));
            await answer.For(owner).WriteToAsync(context.Response).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            GatewayLog.CallerLeft(logger, order?.Id ?? "-", timeProvider.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <returns>The order, and what is known of an id that its caller has made; or why there is none.</returns>
    private async Task<(PpvOrder? Order, IdHistory? History, GatewayAnswer? Refusal)> ReadAsync(
        HttpRequest request, OrderEndpointOptions gateway, CancellationToken cancellationToken)
    {
        string? orderId = null;
        try
        {
            IdHistory? history = null;
            if (gateway.AcceptOrderIds)
            {
                (orderId, var isKey, var unusable) = OrderIdHeaders.Read(request.Headers);
                if (unusable is not null) return Refused(gateway, unusable, orderId);
                if (orderId is not null)
                    history = OrderIdDate.HistoryOf(
                        orderId, isKey ? options.Value.Rpc.UndatedIdLife : gateway.UndatedOrderIdLife, timeProvider.GetUtcNow());
            }

            if (await RequestBody.ReadAsync(request, gateway.MaxBodyBytes, cancellationToken).ConfigureAwait(false) is not { } body)
                return TooLong(gateway, $"The body is longer than {gateway.MaxBodyBytes} bytes.", orderId);
            if (!OrderJson.TryReadRequest(body, out var order, out var error))
                return Refused(gateway, error, orderId);
            if (order.ConnectionId is null && !gateway.AllowMissingConnectionId)
                return Refused(gateway, "There is no connid.", orderId);
            return (orderId is null ? order : order with { Id = orderId }, history, null);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLong(gateway, "The body is longer than the HTTP server allows.", orderId);
        }
        catch (BadHttpRequestException e)
        {
            return Refused(gateway, $"The body could not be read: {e.Message}", orderId);
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Refused(gateway, $"The body did not arrive within {Seconds(_replyTimeout)} s.", orderId);
        }
    }

    private async Task<GatewayAnswer> PlaceAsync(
        PpvOrder order, IdHistory? history, OrderEndpointOptions gateway, CancellationToken end, CancellationToken callerLeft)
    {
        var (sent, isAnswered) = (timeProvider.GetTimestamp(), false);
        try
        {
            var sending = history is { } known
                ? client.SendAsync(order, known, cancellationToken: end)
                : client.SendAsync(order, end);
            var result = await sending.WaitAsync(end).ConfigureAwait(false);
            isAnswered = result.Code is not null;
            return GatewayAnswer.Of(result, gateway.NoAnswerCode);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !callerLeft.IsCancellationRequested)
        {
            return GatewayAnswer.Unknown(order.Id, gateway.NoAnswerCode, Reason.Of(
                $"No answer came within {_replyTimeout.TotalSeconds:0.###} s."));
        }
        catch (Exception e) when (!(e is OperationCanceledException && callerLeft.IsCancellationRequested))
        {
            GatewayLog.ClientFailed(logger, order.Id, e);
            return GatewayAnswer.Unknown(order.Id, gateway.NoAnswerCode, Reason.Of(
                "The gateway failed on this order; its log says why."));
        }
        finally
        {
            if (!callerLeft.IsCancellationRequested) figures.CameBack(timeProvider.GetElapsedTime(sent), isAnswered);
        }
    }

    private static (PpvOrder? Order, IdHistory? History, GatewayAnswer? Refusal) Refused(
        OrderEndpointOptions gateway, string reason, string? callersId = null, int status = StatusCodes.Status200OK) =>
        (null, null, GatewayAnswer.TurnedAway(callersId, gateway.InvalidRequestCode, new NotSent(Reason.Said(reason)), status));

    private static (PpvOrder? Order, IdHistory? History, GatewayAnswer? Refusal) TooLong(
        OrderEndpointOptions gateway, string reason, string? callersId) =>
        Refused(gateway, reason, callersId, StatusCodes.Status413PayloadTooLarge);

    private void Report(PpvOrder? order, GatewayAnswer answer, TimeSpan elapsed)
    {
        HostingTelemetry.AnsweredByGateway(order?.Command, answer.Code, answer.Outcome);
        figures.AnsweredByGateway(answer.Code, answer.Outcome, elapsed);
        if (order is null)
        {
            GatewayLog.Refused(_strangers, answer.OrderId, answer.Code, answer.Logged);
            return;
        }

        var (command, milliseconds) = (new LoggedCommand(order.Command, _redactor), elapsed.TotalMilliseconds);
        if (answer.Outcome == RpcOutcome.Completed)
            GatewayLog.Completed(logger, order.Id, order.ConnectionId, command, answer.Code, milliseconds);
        else
            GatewayLog.Failed(_strangers.For(answer.Outcome), order.Id, order.ConnectionId, command, answer.Code, answer.Outcome,
                milliseconds, answer.Logged);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
