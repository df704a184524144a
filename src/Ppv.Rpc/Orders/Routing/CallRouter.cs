using Microsoft.Extensions.Logging;
using Ppv.Protocol;

namespace Ppv.Rpc.Orders.Routing;

/// <summary>
/// Finds the queue of an order, so that a call stays with the worker it began with: by the <see cref="QueueRouter"/>, and while its answers
/// may have changed, by asking the workers. Safe for use by several threads.
/// </summary>
internal sealed class CallRouter(RpcClient client, RpcOptions options, ILogger logger, TimeProvider timeProvider)
{
    /// <summary>
    /// More orders than pass in the minutes for which a call is remembered; a call that is forgotten earlier is asked for again.
    /// </summary>
    private const int RememberedOrders = 10_000;

    /// <summary>A worker says it from memory, in milliseconds. One that does not is down or has no time for orders either.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly QueueRouter _queues = new(options);
    private readonly CallMemory _calls = new(RememberedOrders, QueueRouter.CallIdle, timeProvider);
    private readonly long _started = timeProvider.GetTimestamp();

    /// <summary>Where an order belongs.</summary>
    /// <param name="order">The order.</param>
    /// <param name="deadline">When its caller stops waiting.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The queue; <see langword="null"/> when the workers must be asked and there is no connection to do so.</returns>
    public async ValueTask<string?> FindAsync(PpvOrder order, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        if (!_queues.HasChoice || order.ConnectionId is not { } call) return _queues.First;
        var now = timeProvider.GetUtcNow();
        // After the change too: a call that goes on for long stays where it was found.
        if (_calls.Find(call) is { } known) return known;
        if (!_queues.IsChanging(now, timeProvider.GetElapsedTime(_started))) return _queues.Rank(call, now)[0];

        // First the connection: without it every worker would seem to be silent.
        var wait = deadline - now;
        if (!await client.ConnectAsync(
            options.ConnectionWait < wait ? options.ConnectionWait : wait, cancellationToken).ConfigureAwait(false))
            return null;
        return await LocateAsync(order, call, deadline, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> LocateAsync(PpvOrder order, ConnectionId call, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var queues = _queues.Rank(call, timeProvider.GetUtcNow());
        var chosen = await AskAsync(queues[0], call, deadline, cancellationToken).ConfigureAwait(false);
        if (chosen == true) return Remember(call, queues[0]);
        var others = await Task.WhenAll(
            queues.Skip(1).Select(queue => AskAsync(queue, call, deadline, cancellationToken))).ConfigureAwait(false);

        bool?[] answers = [chosen, .. others];
        if (Array.IndexOf(answers, true) is >= 0 and var found)
        {
            RoutingLog.CallStays(logger, call, queues[found], queues[0]);
            return Remember(call, queues[found]);
        }

        // Whoever answers says no, so an EN or a confirm can only be meant for a worker that is silent: others would refuse the confirm as
        // not executed, and its caller would begin again, although the silent one may have sent it to Wizard. An EV begins a call.
        if (order.Command.Kind != PpvCommandKind.Event && Array.IndexOf(answers, null) is >= 0 and var silent) return queues[silent];
        return Remember(call, queues[0]);
    }

    private async Task<bool?> AskAsync(string queue, ConnectionId call, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var limit = timeProvider.GetUtcNow() + AnswerLimit;
        var inquiry = new RpcRequest(Guid.CreateVersion7().ToString("N"), CallInquiry.ToBytes(call))
        {
            Type = CallInquiry.Type,
            Queue = queue,
            Deadline = limit < deadline ? limit : deadline,
            ResendAfterLoss = true,
        };
        var reply = await client.SendAsync(inquiry, cancellationToken).ConfigureAwait(false);
        var answer = CallInquiry.Read(reply);
        if (answer is null)
            RoutingLog.CallNotAnswered(logger, queue, AnswerLimit, call, reply.Outcome == RpcOutcome.NotExecuted ? reply.Reason : null);
        return answer;
    }

    private string Remember(ConnectionId call, string queue)
    {
        _calls.Note(call, queue);
        return queue;
    }
}

/// <summary>What the routing of calls tells the log. Event ids 1150 to 1199.</summary>
internal static partial class RoutingLog
{
    [LoggerMessage(
        1150, LogLevel.Information, "Call {Connid} began on queue {Queue} and stays there; new calls with this id would go to {Chosen}.")]
    public static partial void CallStays(ILogger logger, ConnectionId connid, string queue, string chosen);

    [LoggerMessage(1151, LogLevel.Warning, "No worker on queue {Queue} said within {Limit} whether it has call {Connid}. {Reason}")]
    public static partial void CallNotAnswered(ILogger logger, string queue, TimeSpan limit, ConnectionId connid, string? reason);
}
