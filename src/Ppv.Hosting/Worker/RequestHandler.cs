using System.Text;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Redaction;
using Ppv.Hosting.Telemetry;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Orders.Routing;

namespace Ppv.Hosting.Worker;

/// <summary>
/// Answers what comes from the queue (contract §2, §5), by the type of the message: orders, inquiries about orders, and inquiries about
/// calls. One of the two places where exceptions become codes.
/// </summary>
internal sealed class RequestHandler(
    OrderExecution execution, RunningOrders running, ILineAllocator lines, IOrderJournalStore journal, IOptions<PpvServerOptions> options,
    IRedactorProvider redaction, TimeProvider timeProvider, PlainLogger<RequestHandler> logger, OrderFigures? figures = null)
{
    private readonly StrangersLog _strangers = new(logger, timeProvider);
    private static readonly Reason AskedTooOften =
        Reason.Of("It is being executed, and was asked for many times meanwhile; ask for its status.");

    private readonly WorkerOptions _server = options.Value.Server;
    private readonly Redactor _redactor = redaction.GetRedactor(PpvDataClassifications.SubscriberNumber);

    public Task<RpcReply> HandleAsync(RpcRequestContext context, CancellationToken cancellationToken)
    {
        switch (context.Type)
        {
            case StatusInquiry.Type:
                context.Method = StatusInquiry.Type;
                // Who asks for a status may have used the id, whatever the inquiry's own id is.
                var covered = context.IsCoverageProven ? timeProvider.GetUtcNow() - context.CoveredSince : null;
                return AnswerStatusAsync(Encoding.ASCII.GetString(context.Body.Span), covered, cancellationToken);
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
            ServerLog.Refused(_strangers, context.Id, _server.InvalidOrderCode, error);
            var refusal = OrderAnswer.NotSent(_server.InvalidOrderCode, new NotSent(Reason.Said(error)), NewId.Of(context.History));
            return OrderReply.Failed(refusal.Code, refusal.Outcome, refusal.Why!.Value.Told);
        }

        context.Method = order.Command.Key;
        if (context.TimeOnQueue is { } waited) figures?.Taken(waited);
        order = order.OfCallOwnedBy(context.Owner) with
        {
            Id = PpvOrder.IsValidId(context.Id) ? context.Id : order.Id,
            Subject = SubjectOf(context),
        };
        var started = timeProvider.GetTimestamp();
        return await running.RunAsync(
            order,
            async () => ReportAndReply(order, await ExecuteAsync(order, context, cancellationToken).ConfigureAwait(false), started),
            async reply =>
            {
                await execution.RepeatAsync(order, reply.Outcome == RpcOutcome.Completed && OrderReply.Text(reply) == ResultCodes.Ok,
                    context)
                    .ConfigureAwait(false);
                return reply;
            },
            async () =>
            {
                await execution.RepeatAsync(order, isOk: false, context).ConfigureAwait(false);
                return ReportAndReply(order, OrderAnswer.Unknown(_server.WizardUnavailableCode, AskedTooOften), started);
            },
            async other => ReportAndReply(order, await execution.RefuseAsync(order, other, context).ConfigureAwait(false), started))
            .ConfigureAwait(false);
    }

    /// <summary>A subject that can't be one is a stranger's; no confirm of ours has it.</summary>
    private static string? SubjectOf(RpcRequestContext context) =>
        context.Subject is null || PpvOrder.IsValidId(context.Subject) ? context.Subject : "?";

    private RpcReply ReportAndReply(PpvOrder order, OrderAnswer answer, long started)
    {
        var time = timeProvider.GetElapsedTime(started);
        var elapsed = time.TotalMilliseconds;
        var command = new LoggedCommand(order.Command, _redactor);
        HostingTelemetry.AnsweredByWorker(order.Command, answer.Code, answer.Outcome);
        figures?.AnsweredByWorker(answer.Code, answer.Outcome, time);
        if (answer.Outcome == RpcOutcome.Completed)
            ServerLog.Completed(logger, order.Id, order.ConnectionId, command, answer.Code, elapsed);
        else
            ServerLog.Failed(_strangers.For(answer.Outcome), order.Id, order.ConnectionId, command, answer.Code, answer.Outcome, elapsed,
                answer.Why?.Logged);
        return answer.Outcome == RpcOutcome.Completed
            ? OrderReply.Completed(answer.Code) with { Prior = answer.Prior }
            : OrderReply.Failed(answer.Code, answer.Outcome, answer.Why!.Value.Told) with { Prior = answer.Prior };
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
            lines.Told(order, isOk: false);
            return OrderAnswer.Unknown(_server.WizardUnavailableCode, Reason.Of("The worker failed on this order; its log says why."));
        }
    }

    private static bool IsGivenBack(RpcRequestContext context, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || context.Stopping.IsCancellationRequested || context.Fence.LostReason is not null;

    private async Task<RpcReply> AnswerStatusAsync(
        string orderId, TimeSpan? coveredFor, CancellationToken cancellationToken)
    {
        PpvOrderStatus status;
        try
        {
            status = running.Contains(orderId)
                ? new PpvOrderStatus(orderId, PpvOrderState.Unknown, null, "It is being executed now. Ask again.")
                : await JournalAnswers.StatusAsync(journal, orderId, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException e)
        {
            status = new PpvOrderStatus(orderId, PpvOrderState.Unavailable, null, e.Reason.Told);
        }

        // No longer than the journal remembers.
        var remembered = PruneClock.RememberedFor(_server.Journal.Retention);
        if (status.State == PpvOrderState.NeverSeen && !(coveredFor >= remembered))
            status = status with { Reason = MayBeOlder(coveredFor) };
        return new RpcReply(StatusInquiry.ToBytes(status, coveredFor > remembered ? remembered : coveredFor), RpcOutcome.Completed);
    }

    private static string MayBeOlder(TimeSpan? coveredFor) => coveredFor is { } time
        ? $"The worker's journal has no record of it, and is whole for the last {Spans.About(time)}. What is older another worker may have "
            + "had: look into that one's journal."
        : "The worker's journal has no record of it. Another worker may have had it: look into that one's journal.";

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
