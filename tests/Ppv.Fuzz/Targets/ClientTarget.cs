using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Support;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Fuzz.Targets;

/// <summary>
/// A client from the order to its result: the messages of the input come to its reply queue, and then a proper answer. In a correlation id
/// <c>@</c> stands for the one that the client has chosen. With a line <c>late=</c> the caller leaves before the first of them.
/// </summary>
internal static class ClientTarget
{
    private const string Proper = "OK";

    public static FuzzTarget Open(Watch watch)
    {
        var connection = new FakeConnection();
        var client = new PpvClient(connection, new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] } }, watch, TimeProvider.System);
        return new FuzzTarget("client", [.. AmqpText.Dictionary, "correlation-id=@\n", "late=1\n", "@", "type=ppv.presence.report\n"],
            (input, watch) => RunAsync(client, connection, input, watch))
        {
            FreeBytes = 1024 * 1024,
            Owned = client,
        };
    }

    private static async Task RunAsync(PpvClient client, FakeConnection connection, byte[] input, Watch watch)
    {
        var texts = AmqpText.Read(input);
        var (messages, isLate) = (texts.ConvertAll(text => text.Read()), texts.Exists(text => text.Extra.ContainsKey("late")));
        using var leaves = new CancellationTokenSource();
        var order = PpvOrder.Event(ConnectionId.Parse("0127032d64a94732"), "1569885");
        connection.Publishing = (request, replies) =>
        {
            if (isLate) leaves.Cancel();
            foreach (var message in messages)
            {
                var id = message.CorrelationId?.Replace("@", request.CorrelationId, StringComparison.Ordinal);
                replies(message with { CorrelationId = id });
            }

            replies(new BrokerMessage
            {
                Body = "OK\r"u8.ToArray(),
                CorrelationId = request.CorrelationId,
                Outcome = RpcOutcome.Completed,
            });
        };
        try
        {
            Judge(await client.SendAsync(order, leaves.Token), order, messages, watch);
        }
        catch (OperationCanceledException) when (isLate)
        {
            watch.Saw("the caller left");
        }

        Watch.Ensure(client.PendingRequests == 0, "Nothing waits any more.");
    }

    private static void Judge(PpvResult result, PpvOrder order, List<BrokerMessage> messages, Watch watch)
    {
        Watch.Ensure(result.OrderId == order.Id && Enum.IsDefined(result.Outcome), "A result is of its order and has an outcome.");
        Watch.Ensure(result.Outcome != RpcOutcome.Completed || result.Code is not null, "A completed order has Wizard's text.");
        Watch.Ensure(messages.Exists(message => message.CorrelationId?.Contains('@') == true)
            || result is { Outcome: RpcOutcome.Completed, Code: Proper }, "A stranger's answer is nobody's.");
        watch.Saw($"result {result.Outcome} {result.Code is null} {result.Code is Proper}");
    }
}
