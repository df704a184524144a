using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>Who sends orders that are refused, as fast as he can, does not fill the log with them.</summary>
public class RefusedFloodTests
{
    private const string Order = """{"content":{"connid":"1","EV":"2"}}""";
    private const int Orders = 15;

    [Theory]
    [InlineData(RpcOutcome.NotExecuted, 10)]
    [InlineData(RpcOutcome.Unknown, Orders)] // Somebody must find out.
    [InlineData(RpcOutcome.Completed, Orders)]
    public async Task Of_orders_that_were_not_executed_ten_are_told_at_once_and_each_of_the_others(RpcOutcome outcome, int lines)
    {
        await using var gateway = await GatewayApp.StartAsync(ownClock: true);
        gateway.Client.Says(outcome, outcome == RpcOutcome.Completed ? "OK" : null, "A reason.");
        for (var i = 0; i < Orders; i++)
        {
            using var answer = await gateway.PostAsync(Order);
            answer.EnsureSuccessStatusCode();
        }

        LinesOf(gateway).Count().ShouldBe(lines);
        if (outcome != RpcOutcome.NotExecuted) return;
        gateway.Clock!.Advance(TimeSpan.FromSeconds(10));
        using var next = await gateway.PostAsync(Order);
        LinesOf(gateway).Last().ShouldEndWith(" A reason. Before it 5 of this kind were left out.");
    }

    private static IEnumerable<string> LinesOf(GatewayApp gateway) => gateway.Log.OfOurs.Select(entry => entry.Message)
        .Where(line => line.StartsWith("Order ", StringComparison.Ordinal) && line.Contains(" of call 1, EV=", StringComparison.Ordinal));
}
