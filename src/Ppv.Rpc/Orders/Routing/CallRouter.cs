using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Messages;

namespace Ppv.Rpc.Orders.Routing;

/// <summary>
/// Finds the queue of an order, so that a call stays with the worker it began with: by the <see cref="QueueRouter"/>, and while its answers
/// may have changed, by asking the workers. A purchase's orders go by its key alone, for others who ask for it know nothing else of it.
/// Safe for use by several threads.
/// </summary>
/// <param name="client">Asks the workers.</param>
/// <param name="options">The queues.</param>
/// <param name="rankOf">What an order is turned away for, and so the questions that must be answered before it can be sent.</param>
/// <param name="logger">For the log.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class CallRouter(
    RpcClient client, RpcOptions options, Func<PpvOrder, RequestRank> rankOf, PlainLogger logger, TimeProvider timeProvider)
{
    /// <summary>
    /// More orders than pass in the minutes for which a call is remembered; a call that is forgotten earlier is asked for again.
    /// </summary>
    private const int RememberedOrders = 10_000;

    /// <summary>A worker says it from memory, in milliseconds. One that does not is down or has no time for orders either.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly QueueRouter _queues = new(options);
    private readonly CallMemory _calls = new(RememberedOrders, QueueRouter.CallIdle, timeProvider);
    private readonly SettingOfClock _setting = new(QueueRouter.Lead, timeProvider);

    /// <summary>Where an order belongs.</summary>
    /// <param name="order">The order.</param>
    /// <param name="deadline">When its caller stops waiting.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Route> FindAsync(PpvOrder order, TimeLimit deadline, CancellationToken cancellationToken)
    {
        if (!_queues.HasChoice || order.ConnectionId is not { } call) return Route.To(_queues.First);
        var (now, whole) = (timeProvider.GetUtcNow(), QueueRouter.WholeOf(order));
        // After the change too: a call that goes on for long stays where it was found, and so does a purchase until it is begun again.
        var begins = order is { Subject: not null, Command.Kind: PpvCommandKind.Event };
        if (!begins && _calls.Find(whole) is { } known) return Route.To(known);
        if (order.Subject is not null) return Remember(whole, _queues.Rank(order, now)[0]);
        if (!_queues.IsChanging(now, _setting.Age())) return Route.To(_queues.Rank(order, now)[0]);

        // First the connection: without it every worker would seem to be silent.
        var wait = RpcRules.Bounded(deadline.Left(timeProvider));
        if (!await client.ConnectAsync(
            options.ConnectionWait < wait ? options.ConnectionWait : wait, cancellationToken).ConfigureAwait(false))
            return Route.NotFound(new NotSent(Unconnected(client.Status)));
        return await LocateAsync(order, call, deadline, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether an order is sent where all who begin now would send it.</summary>
    public bool IsHome(PpvOrder order, string queue) => _queues.Rank(order, timeProvider.GetUtcNow())[0] == queue;

    /// <summary>Whether every order of a call that was sent since a moment went where it would go now.</summary>
    public bool IsSettledSince(DateTimeOffset since) => _queues.IsSettledSince(since, timeProvider.GetUtcNow(), _setting.Age());

    private async Task<Route> LocateAsync(PpvOrder order, ConnectionId call, TimeLimit deadline, CancellationToken cancellationToken)
    {
        var queues = _queues.Rank(order, timeProvider.GetUtcNow());
        var rank = rankOf(order);
        var chosen = await AskAsync(queues[0], call, rank, deadline, cancellationToken).ConfigureAwait(false);
        if (chosen == true) return Remember($"{call}", queues[0]);
        var others = await Task.WhenAll(
            queues.Skip(1).Select(queue => AskAsync(queue, call, rank, deadline, cancellationToken))).ConfigureAwait(false);

        bool?[] answers = [chosen, .. others];
        if (Array.IndexOf(answers, true) is >= 0 and var found)
        {
            RoutingLog.CallStays(logger, call, queues[found], queues[0]);
            return Remember($"{call}", queues[found]);
        }

        // Whoever answers says no, so an EN or a confirm can only be meant for a worker that is silent: others would refuse the confirm as
        // not executed, and its caller would begin again, although the silent one may have sent it to Wizard. An EV begins a call.
        List<string> silent = [.. queues.Where((_, index) => answers[index] is null)];
        if (order.Command.Kind == PpvCommandKind.Event || silent.Count == 0) return Remember($"{call}", queues[0]);
        if (silent is [var only]) return Route.To(only);
        return Route.NotFound(
            new NotSent(Reason.Of("Several workers don't answer, and any of them may have the call.",
                $"The workers on the queues {string.Join(" and ", silent)} don't answer, and any of them may have the call.")),
            isUnknown: order.Command.Kind == PpvCommandKind.Confirm);
    }

    private async Task<bool?> AskAsync(
        string queue, ConnectionId call, RequestRank rank, TimeLimit deadline, CancellationToken cancellationToken)
    {
        var inquiry = RpcRequest.Create(CallInquiry.ToBytes(call)) with
        {
            Type = CallInquiry.Type,
            Queue = queue,
            Limit = TimeLimit.After(AnswerLimit, timeProvider).OrSooner(deadline),
            ResendAfterLoss = true,
            Rank = rank,
            CountsFor = call.Owner,
        };
        var reply = await client.SendAsync(inquiry, cancellationToken).ConfigureAwait(false);
        var answer = CallInquiry.Read(reply);
        if (answer is null)
            RoutingLog.CallNotAnswered(logger, queue, AnswerLimit, call, reply.Outcome == RpcOutcome.NotExecuted ? reply.Logged : null);
        return answer;
    }

    private static Reason Unconnected(ConnectionStatus status) => Reason.Of(
        "There is no connection to the broker.", $"There is no connection to the broker. {status.Description}");

    private Route Remember(string whole, string queue)
    {
        _calls.Note(whole, queue);
        return Route.To(queue);
    }
}

/// <summary>What the routing of calls tells the log. Event ids 1150 to 1199.</summary>
internal static partial class RoutingLog
{
    [LoggerMessage(
        1150, LogLevel.Information, "Call {Connid} began on queue {Queue} and stays there; new calls with this id would go to {Chosen}.")]
    public static partial void CallStays(PlainLogger logger, ConnectionId connid, string queue, string chosen);

    [LoggerMessage(1151, LogLevel.Warning, "No worker on queue {Queue} said within {Limit} whether it has call {Connid}. {Reason}")]
    public static partial void CallNotAnswered(PlainLogger logger, string queue, TimeSpan limit, ConnectionId connid, string? reason);
}
