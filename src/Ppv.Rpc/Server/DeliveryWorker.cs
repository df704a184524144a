using System.Runtime.CompilerServices;
using Ppv.Protocol.Text;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>What happens to one delivery: read, handle, answer, acknowledge.</summary>
internal sealed class DeliveryWorker(RpcOptions options, RpcHandler handler, PlainLogger logger, TimeProvider timeProvider)
{
    /// <summary>Half of what a quorum queue allows by default: somebody can look before it is dropped.</summary>
    private const int ManyReturns = 10;

    private static readonly TimeSpan ProbeAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly StrangersLog _strangers = new(logger, timeProvider);
    private readonly ClockWarning _clocks = new(logger, timeProvider);

    /// <summary>See <see cref="ClockWarning.Trouble"/>.</summary>
    public string? ClockTrouble => _clocks.Trouble;

    /// <summary>
    /// Never throws. While the broker takes no messages none is begun, because its answer could not leave: it waits, and its handler finds
    /// out whether there is still time.
    /// </summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="arrivedAt">When it came.</param>
    /// <param name="leadership">
    /// The leadership under which it is begun; <see langword="null"/> for a server that does not work alone.
    /// </param>
    /// <param name="coverage">Since when this server has a record of all requests.</param>
    /// <param name="stopping">Ends what only waits.</param>
    /// <param name="cancellationToken">Ends what can still be ended.</param>
    /// <returns>Whether it was settled; else it is to be given back, or is the broker's again.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WorkAsync(
        IBrokerConnection connection, BrokerDelivery delivery, ClockReading arrivedAt, QueueLeadership? leadership, Coverage? coverage,
        CancellationToken stopping, CancellationToken cancellationToken)
    {
        if (delivery.Returns >= ManyReturns) ServerLog.ReturnedOften(_strangers, IdOf(delivery.Message), options.Queue, delivery.Returns);
        while (true)
        {
            var fence = new RequestFence(connection, leadership);
            try
            {
                if (!await WaitForBrokerAsync(connection, delivery, leadership, cancellationToken).ConfigureAwait(false)) return false;
                var answer = await AnswerAsync(delivery, arrivedAt, coverage, fence, stopping, cancellationToken).ConfigureAwait(false);
                await connection.SettleAsync(delivery, answer).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested || cancellationToken.IsCancellationRequested)
            {
                ServerLog.GivenBack(logger, IdOf(delivery.Message));
                return false;
            }
            catch (OperationCanceledException) when (fence.IsHeldUp)
            {
                // Nothing was done for it: it is begun anew when the alarm is over.
            }
            catch (OperationCanceledException) when (leadership?.LostReason is { } reason)
            {
                ServerLog.NotOurs(logger, IdOf(delivery.Message), reason);
                return false;
            }
        }
    }

    /// <summary>Waits while the broker is in an alarm, and after it until the leadership is proved anew.</summary>
    /// <returns>Whether the delivery may be begun; not when the connection was lost meanwhile, for it is delivered again then.</returns>
    private async ValueTask<bool> WaitForBrokerAsync(
        IBrokerConnection connection, BrokerDelivery delivery, QueueLeadership? leadership, CancellationToken cancellationToken)
    {
        if ((connection.BlockedReason ?? leadership?.HeldUpReason) is not { } alarm) return true;
        ServerLog.WaitsForBroker(logger, IdOf(delivery.Message), connection.Host, alarm);
        while (leadership?.LostReason is null)
        {
            await RequestFence.WaitForBrokerAsync(connection, cancellationToken).ConfigureAwait(false);
            // In the alarm nothing could prove the leadership.
            var askedAt = timeProvider.GetTimestamp();
            if (await connection.ProbeAsync().ConfigureAwait(false)) leadership?.Prove(askedAt);
            if (connection.Lost.IsCompleted) break;
            if (connection.BlockedReason is null && leadership?.HeldUpReason is null) return true;
            await Task.WhenAny(connection.Lost, Task.Delay(ProbeAgainAfter, timeProvider, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        ServerLog.NotOurs(logger, IdOf(delivery.Message), connection.Lost.IsCompleted
            ? $"The connection is gone ({await connection.Lost.ConfigureAwait(false)})."
            : leadership!.LostReason!);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<BrokerMessage?> AnswerAsync(
        BrokerDelivery delivery, ClockReading arrivedAt, Coverage? coverage, RequestFence fence, CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        if (string.IsNullOrEmpty(message.ReplyTo))
        {
            ServerLog.NoReplyTo(_strangers, IdOf(message));
            return null;
        }

        var history = RequestHistory.Of(delivery, arrivedAt.Utc, options);
        var times = RequestTimes.Of(message, delivery.Redelivered, arrivedAt.Utc, options);
        if (times.SenderIsBehindBy is { } behind) _clocks.Note(IdOf(message), behind);
        var origin = new RequestOrigin(options.Queue, arrivedAt.Utc, times.SentAt, message.TraceParent, message.TraceState);
        var context = new RpcRequestContext
        {
            Id = IdOf(message),
            Body = message.Body,
            Type = message.Type,
            Deadline = times.DeadlineNow(arrivedAt, timeProvider),
            ClockTrouble = times.ClockTrouble,
            History = history,
            CoveredSince = coverage?.SinceFor(history, arrivedAt, options.ClockSkew, timeProvider),
            IsCoverageProven = coverage is { IsProven: true },
            Subject = message.Subject,
            Owner = message.Owner,
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
            Prior = headers ? reply.Prior : PriorUse.None,
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

    private static string IdOf(BrokerMessage message) =>
        !string.IsNullOrEmpty(message.MessageId) ? StrangeText.IdOf(message.MessageId)
        : !string.IsNullOrEmpty(message.CorrelationId) ? StrangeText.IdOf(message.CorrelationId)
        : Guid.CreateVersion7().ToString("N");
}
