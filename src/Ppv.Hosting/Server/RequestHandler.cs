using System.Text;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Orders.Routing;

namespace Ppv.Hosting;

/// <summary>
/// Answers what comes from the queue (contract §2, §5), by the type of the message: orders, inquiries about orders, and inquiries about
/// calls. One of the two places where exceptions become codes.
/// </summary>
internal sealed class RequestHandler(
    OrderExecution execution, RunningOrders running, ILineAllocator lines, IOrderJournalStore journal, IOptions<PpvServerOptions> options,
    IRedactorProvider redaction, TimeProvider timeProvider, ILogger<RequestHandler> logger, OrderFigures? figures = null)
{
    private readonly WorkerOptions _server = options.Value.Server;
    private readonly Redactor _redactor = redaction.GetRedactor(PpvDataClassifications.SubscriberNumber);

    public Task<RpcReply> HandleAsync(RpcRequestContext context, CancellationToken cancellationToken)
    {
        switch (context.Type)
        {
            case StatusInquiry.Type:
                context.Method = StatusInquiry.Type;
                return AnswerStatusAsync(Encoding.ASCII.GetString(context.Body.Span), cancellationToken);
            case CallInquiry.Type:
                context.Method = CallInquiry.Type;
                return Task.FromResult(AnswerCall(Encoding.ASCII.GetString(context.Body.Span)));
            default:
                return AnswerOrderAsync(context, cancellationToken);
        }
    }

    private async Task<RpcReply> AnswerOrderAsync(RpcRequestContext context, CancellationToken cancellationToken)
    {
        if (!OrderJson.TryRead(context.Body.Span, out var order, out var error))
        {
            ServerLog.Refused(logger, context.Id, _server.InvalidOrderCode, error);
            return OrderReply.Failed(_server.InvalidOrderCode, RpcOutcome.NotExecuted, error);
        }

        context.Method = order.Command.Key;
        if (context.TimeOnQueue is { } waited) figures?.Taken(waited);
        if (PpvOrder.IsValidId(context.Id)) order = order with { Id = context.Id };
        var started = timeProvider.GetTimestamp();
        return await running.RunAsync(order, async () => Say(
            order, await ExecuteAsync(order, context, cancellationToken).ConfigureAwait(false), started)).ConfigureAwait(false)
            ?? Say(order, execution.AnotherOrderHasTheId(), started);
    }

    private RpcReply Say(PpvOrder order, OrderAnswer answer, long started)
    {
        var time = timeProvider.GetElapsedTime(started);
        var elapsed = time.TotalMilliseconds;
        var command = new LoggedCommand(order.Command, _redactor);
        HostingTelemetry.AnsweredByWorker(order.Command, answer.Code, answer.Outcome);
        figures?.AnsweredByWorker(answer.Code, answer.Outcome, time);
        if (answer.Outcome == RpcOutcome.Completed)
            ServerLog.Completed(logger, order.Id, order.ConnectionId, command, answer.Code, elapsed);
        else ServerLog.Failed(logger, order.Id, order.ConnectionId, command, answer.Code, answer.Outcome, elapsed, answer.Reason);
        return answer.Outcome == RpcOutcome.Completed
            ? OrderReply.Completed(answer.Code)
            : OrderReply.Failed(answer.Code, answer.Outcome, answer.Reason!);
    }

    private async Task<OrderAnswer> ExecuteAsync(PpvOrder order, RpcRequestContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await execution.ExecuteAsync(order, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && IsGivenBack(context, cancellationToken)))
        {
            ServerLog.ExecutionFailed(logger, order.Id, e);
            return new OrderAnswer(_server.WizardUnavailableCode, RpcOutcome.Unknown, "The worker failed on this order; its log says why.");
        }
    }

    private static bool IsGivenBack(RpcRequestContext context, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || context.Stopping.IsCancellationRequested || context.Fence.LostReason is not null;

    private async Task<RpcReply> AnswerStatusAsync(string orderId, CancellationToken cancellationToken)
    {
        PpvOrderStatus status;
        try
        {
            status = running.Contains(orderId)
                ? new PpvOrderStatus(orderId, PpvOrderState.Unknown, null, "It is being executed now. Ask again.")
                : JournalAnswers.ToStatus(
                orderId, await JournalAnswers.FindAsync(journal, orderId, cancellationToken).ConfigureAwait(false));
        }
        catch (JournalUnavailableException e)
        {
            status = new PpvOrderStatus(orderId, PpvOrderState.Unavailable, null, e.Message);
        }

        return new RpcReply(StatusInquiry.ToBytes(status), RpcOutcome.Completed);
    }

    /// <summary>
    /// For gateways that ask whether a call is this worker's: after a queue was added they send a call's next command to the queue that it
    /// began on. With the old line formula no worker knows its calls, and the answer is always no.
    /// </summary>
    private RpcReply AnswerCall(string connid)
    {
        var isOpen = ConnectionId.TryParse(connid, out var call) && lines is LineLeases leases && leases.Knows(call);
        return new RpcReply(CallInquiry.ToBytes(isOpen), RpcOutcome.Completed);
    }
}
