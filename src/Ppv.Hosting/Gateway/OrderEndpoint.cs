using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>
/// Answers the voice platform (contract §1): every request, however broken, gets a code within <see cref="RpcOptions.ReplyTimeout"/>. One of the two places
/// where exceptions become codes.
/// </summary>
internal sealed class OrderEndpoint(IPpvClient client, IOptions<PpvGatewayOptions> options, TimeProvider timeProvider, ILogger<OrderEndpoint> logger)
{
    /// <summary>The client knows more of a time-out than we do (was it published?), and its clock starts a moment after ours.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly GatewayOptions _gateway = options.Value.Gateway;
    private readonly TimeSpan _replyTimeout = options.Value.Rpc.ReplyTimeout;

    public async Task HandleAsync(HttpContext context)
    {
        var started = timeProvider.GetTimestamp();
        using var limit = new CancellationTokenSource(_replyTimeout + Grace, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        PpvOrder? order = null;
        try
        {
            (order, var refusal) = await ReadAsync(context.Request, end.Token).ConfigureAwait(false);
            context.RequestAborted.ThrowIfCancellationRequested();
            var answer = order is null ? refusal! : await PlaceAsync(order, end.Token, context.RequestAborted).ConfigureAwait(false);
            Log(order, answer, timeProvider.GetElapsedTime(started));
            await answer.WriteToAsync(context.Response).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            GatewayLog.CallerLeft(logger, order?.Id ?? "-", timeProvider.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private async Task<(PpvOrder? Order, GatewayAnswer? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        string? orderId = null;
        try
        {
            if (_gateway.AcceptOrderIds)
            {
                (orderId, var unusable) = OrderIdHeaders.Read(request.Headers);
                if (unusable is not null) return (null, Refused(unusable));
            }

            if (await RequestBody.ReadAsync(request, _gateway.MaxBodyBytes, cancellationToken).ConfigureAwait(false) is not { } body)
                return (null, TooLong($"The body is longer than {_gateway.MaxBodyBytes} bytes.", orderId));
            if (!OrderJson.TryReadRequest(body, out var order, out var error))
                return (null, Refused(error, orderId));
            if (order.ConnectionId is null && !_gateway.AllowMissingConnectionId)
                return (null, Refused("There is no connid.", orderId));
            return (orderId is null ? order : order with { Id = orderId }, null);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLong("The body is longer than the HTTP server allows.", orderId));
        }
        catch (BadHttpRequestException e)
        {
            return (null, Refused($"The body could not be read: {e.Message}", orderId));
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return (null, Refused($"The body did not arrive within {Seconds(_replyTimeout)} s.", orderId));
        }
    }

    private async Task<GatewayAnswer> PlaceAsync(PpvOrder order, CancellationToken end, CancellationToken callerLeft)
    {
        try
        {
            var result = await client.SendAsync(order, end).WaitAsync(end).ConfigureAwait(false);
            return new GatewayAnswer(order.Id, result.Code ?? _gateway.NoAnswerCode, result.Outcome, result.Outcome == PpvOutcome.Completed ? null : result.Reason);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !callerLeft.IsCancellationRequested)
        {
            return new GatewayAnswer(order.Id, _gateway.NoAnswerCode, PpvOutcome.Unknown, $"No answer came within {Seconds(_replyTimeout)} s.");
        }
        catch (Exception e) when (!(e is OperationCanceledException && callerLeft.IsCancellationRequested))
        {
            GatewayLog.ClientFailed(logger, order.Id, e);
            return new GatewayAnswer(order.Id, _gateway.NoAnswerCode, PpvOutcome.Unknown, "The gateway failed on this order; its log says why.");
        }
    }

    private GatewayAnswer Refused(string reason, string? orderId = null) => new(orderId ?? NewId(), _gateway.InvalidRequestCode, PpvOutcome.NotExecuted, reason);

    private GatewayAnswer TooLong(string reason, string? orderId) => Refused(reason, orderId) with { Status = StatusCodes.Status413PayloadTooLarge };

    private void Log(PpvOrder? order, GatewayAnswer answer, TimeSpan elapsed)
    {
        if (order is null)
            GatewayLog.Refused(logger, answer.OrderId, answer.Code, answer.Reason);
        else if (answer.Outcome == PpvOutcome.Completed)
            GatewayLog.Completed(logger, order.Id, order.ConnectionId, order.Command, answer.Code, elapsed.TotalMilliseconds);
        else
            GatewayLog.Failed(logger, order.Id, order.ConnectionId, order.Command, answer.Code, answer.Outcome, elapsed.TotalMilliseconds, answer.Reason);
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
