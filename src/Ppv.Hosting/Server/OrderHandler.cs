using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Calls;

namespace Ppv.Hosting;

/// <summary>
/// Answers what comes from the queue (contract §2, §5): orders, and inquiries about orders. One of the two places where exceptions become codes.
/// </summary>
internal sealed class OrderHandler(
    OrderExecution execution, RunningOrders running, IOrderJournal journal, IOptions<PpvServerOptions> options, TimeProvider timeProvider, ILogger<OrderHandler> logger)
{
    private readonly ServerOptions _server = options.Value.Server;

    public async Task<RpcReply> HandleAsync(RpcCall call, CancellationToken cancellationToken)
    {
        if (call.Type == StatusInquiry.Type) return await StatusAsync(Encoding.ASCII.GetString(call.Body.Span), cancellationToken).ConfigureAwait(false);
        if (!OrderJson.TryRead(call.Body.Span, out var order, out var error))
        {
            ServerLog.Refused(logger, call.Id, _server.InvalidOrderCode, error);
            return RpcReply.Failed(_server.InvalidOrderCode, PpvOutcome.NotExecuted, error);
        }

        if (PpvOrder.IsValidId(call.Id)) order = order with { Id = call.Id };
        var started = timeProvider.GetTimestamp();
        return await running.RunAsync(order, async () => Say(order, await AnswerAsync(order, call, cancellationToken).ConfigureAwait(false), started)).ConfigureAwait(false)
            ?? Say(order, execution.AnotherOrderHasTheId(), started);
    }

    private RpcReply Say(PpvOrder order, OrderAnswer answer, long started)
    {
        var elapsed = timeProvider.GetElapsedTime(started).TotalMilliseconds;
        if (answer.Outcome == PpvOutcome.Completed) ServerLog.Completed(logger, order.Id, order.ConnectionId, order.Command, answer.Code, elapsed);
        else ServerLog.Failed(logger, order.Id, order.ConnectionId, order.Command, answer.Code, answer.Outcome, elapsed, answer.Reason);
        return answer.Outcome == PpvOutcome.Completed ? RpcReply.Completed(answer.Code) : RpcReply.Failed(answer.Code, answer.Outcome, answer.Reason!);
    }

    private async Task<OrderAnswer> AnswerAsync(PpvOrder order, RpcCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await execution.ExecuteAsync(order, call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && IsGivenBack(call, cancellationToken)))
        {
            ServerLog.ExecutionFailed(logger, order.Id, e);
            return new OrderAnswer(_server.WizardUnavailableCode, PpvOutcome.Unknown, "The worker failed on this order; its log says why.");
        }
    }

    private static bool IsGivenBack(RpcCall call, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || call.Stopping.IsCancellationRequested || call.LostPlaceReason is not null;

    private async Task<RpcReply> StatusAsync(string orderId, CancellationToken cancellationToken)
    {
        PpvOrderStatus status;
        try
        {
            status = running.Contains(orderId)
                ? new PpvOrderStatus(orderId, PpvOrderState.Unknown, null, "It is being executed now. Ask again.")
                : JournalAnswers.ToStatus(orderId, await JournalAnswers.FindAsync(journal, orderId, cancellationToken).ConfigureAwait(false));
        }
        catch (JournalUnavailableException e)
        {
            status = new PpvOrderStatus(orderId, PpvOrderState.Unavailable, null, e.Message);
        }

        return new RpcReply(StatusInquiry.ToBytes(status), PpvOutcome.Completed);
    }
}
