using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>What happens to one delivery: read, handle, answer, acknowledge.</summary>
internal sealed class DeliveryWorker(RpcOptions options, RpcHandler handler, ILogger logger, TimeProvider timeProvider)
{
    /// <summary>For the broker's and the senders' timers.</summary>
    private static readonly TimeSpan AgeMargin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWayBack = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Never throws. A delivery that was cancelled stays unsettled, so that the broker gives it to somebody else when the connection
    /// closes. While the broker takes no messages none is begun, because its answer could not leave: it waits, and its handler finds out
    /// whether there is still time.
    /// </summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="arrivedAt">When it came.</param>
    /// <param name="leadership">
    /// The leadership under which it is begun; <see langword="null"/> for a server that does not work alone.
    /// </param>
    /// <param name="stopping">Ends what only waits.</param>
    /// <param name="cancellationToken">Ends what can still be ended.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WorkAsync(
        IBrokerConnection connection, BrokerDelivery delivery, Moment arrivedAt, QueueLeadership? leadership, CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var fence = new RequestFence(connection, leadership);
            try
            {
                if (!await WaitForBrokerAsync(connection, delivery, leadership, cancellationToken).ConfigureAwait(false)) return;
                var answer = await AnswerAsync(delivery, arrivedAt, leadership, fence, stopping, cancellationToken).ConfigureAwait(false);
                await connection.SettleAsync(delivery, answer).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested || cancellationToken.IsCancellationRequested)
            {
                ServerLog.GivenBack(logger, IdOf(delivery.Message));
                return;
            }
            catch (OperationCanceledException) when (fence.IsHeldUp)
            {
                // Nothing was done for it: it is begun anew when the alarm is over.
            }
            catch (OperationCanceledException) when (leadership?.LostReason is { } reason)
            {
                ServerLog.NotOurs(logger, IdOf(delivery.Message), reason);
                return;
            }
        }
    }

    /// <summary>Waits while the broker is in an alarm.</summary>
    /// <returns>Whether the delivery may be begun; not when the connection was lost meanwhile, for it is delivered again then.</returns>
    private async ValueTask<bool> WaitForBrokerAsync(
        IBrokerConnection connection, BrokerDelivery delivery, QueueLeadership? leadership, CancellationToken cancellationToken)
    {
        if (connection.BlockedReason is not { } alarm) return true;
        ServerLog.WaitsForBroker(logger, IdOf(delivery.Message), connection.Host, alarm);
        await RequestFence.WaitForBrokerAsync(connection, cancellationToken).ConfigureAwait(false);

        // In the alarm nothing could prove the leadership, and no probe was under way.
        var askedAt = timeProvider.GetTimestamp();
        if (await connection.ProbeAsync().ConfigureAwait(false)) leadership?.Prove(askedAt);
        if (!connection.Lost.IsCompleted) return true;
        ServerLog.NotOurs(logger, IdOf(delivery.Message), $"The connection is gone ({await connection.Lost.ConfigureAwait(false)}).");
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<BrokerMessage?> AnswerAsync(
        BrokerDelivery delivery, Moment arrivedAt, QueueLeadership? leadership, RequestFence fence, CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        if (string.IsNullOrEmpty(message.ReplyTo))
        {
            ServerLog.NoReplyTo(logger, IdOf(message));
            return null;
        }

        var origin = OriginOf(message, arrivedAt);
        var context = new RpcRequestContext
        {
            Id = IdOf(message),
            Body = message.Body,
            Type = message.Type,
            Deadline = message.Deadline is { } deadline ? HandlersDeadline(deadline, arrivedAt.Utc) : arrivedAt.Utc + options.ReplyTimeout,
            PossibleDuplicate = delivery.Redelivered || message.PossibleDuplicate,
            OnlyOursBefore = leadership?.Alone is { } alone && alone.LengthAt(arrivedAt, timeProvider) > LongestAge(message),
            Fence = fence,
            TimeOnQueue = origin.ArrivedAt - origin.SentAt,
            Stopping = stopping,
        };
        var reply = await HandleAsync(context, origin, cancellationToken).ConfigureAwait(false);

        // An old gateway gets what the old worker would send: the text and the correlation id, nothing else (contract §2).
        var headers = message.Deadline is not null;
        return new BrokerMessage
        {
            Body = reply.Body,
            CorrelationId = message.CorrelationId,
            Outcome = headers ? reply.Outcome : null,
            Reason = headers ? reply.Reason : null,
        };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RpcReply> HandleAsync(RpcRequestContext context, RequestOrigin origin, CancellationToken cancellationToken)
    {
        using var call = ServerCall.Start(context, origin, timeProvider);
        try
        {
            var reply = await handler(context, cancellationToken).ConfigureAwait(false);
            call?.End(reply);
            return reply;
        }
        catch (Exception e) when (
            !(e is OperationCanceledException && (context.Stopping.IsCancellationRequested || context.Fence.LostReason is not null)))
        {
            ServerLog.HandlerFailed(logger, context.Id, e);
            call?.End(RpcReply.Fault);
            return RpcReply.Fault;
        }
    }

    /// <summary>
    /// Deadline and expiration were set at one moment, and are apart by the time that was left then: that moment is known.
    /// </summary>
    private RequestOrigin OriginOf(BrokerMessage message, Moment arrivedAt) => new(
        options.Queue, arrivedAt.Utc,
        message is { Deadline: { } deadline, Expiration: { } left } && left < deadline - DateTimeOffset.MinValue
            ? deadline - left
            : null,
        message.TraceParent, message.TraceState);

    /// <summary>
    /// How long ago it can have been sent first. The queue keeps it no longer than its TTL, also when it is given back to it; a sender that
    /// sends it again does so within its own time.
    /// </summary>
    private TimeSpan LongestAge(BrokerMessage message) =>
        (message.PossibleDuplicate ? RpcRules.LongestReplyTimeout : options.MessageTtl) + AgeMargin;

    /// <summary>Earlier than the caller's: an answer that is given at the caller's deadline comes too late to be heard.</summary>
    private DateTimeOffset HandlersDeadline(DateTimeOffset deadline, DateTimeOffset arrivedAt)
    {
        var callers = deadline - DateTimeOffset.MinValue > options.ClockSkew ? deadline - options.ClockSkew : DateTimeOffset.MinValue;
        var left = callers - arrivedAt;
        if (left <= TimeSpan.Zero) return callers;
        var wayBack = left / 20;
        return callers - (wayBack < LongestWayBack ? wayBack : LongestWayBack);
    }

    private static string IdOf(BrokerMessage message) =>
        !string.IsNullOrEmpty(message.MessageId) ? message.MessageId
        : !string.IsNullOrEmpty(message.CorrelationId) ? message.CorrelationId
        : Guid.CreateVersion7().ToString("N");
}
