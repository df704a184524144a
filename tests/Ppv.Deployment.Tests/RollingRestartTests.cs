using System.Collections.Concurrent;
using System.Net;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>The rolling restart of docs/deployment.md, behind the shipped nginx, while callers place orders without a pause.</summary>
public class RollingRestartTests(SharedBroker broker)
{
    private const int Callers = 16;

    [Fact]
    public async Task Both_gateways_are_restarted_three_times_one_after_the_other_and_each_order_is_executed_and_answered()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxAsync();
        using var http = Programs.Client(nginx.Port);
        using var isOver = new CancellationTokenSource();
        var answers = new ConcurrentQueue<string>();
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(http, answers, isOver.Token))).ToList();

        for (var round = 0; round < 3; round++)
        {
            await site.RestartAsync(0);
            await site.RestartAsync(1);
        }

        await isOver.CancelAsync();
        await Task.WhenAll(callers).Within();
        answers.Count.ShouldBeGreaterThan(Callers * 6);
        answers.Where(answer => answer != $"OK {Programs.Ok}").GroupBy(answer => answer).Select(some => $"{some.Count()} x {some.Key}")
            .ShouldBeEmpty($"of {answers.Count} orders");
    }

    private static async Task CallAsync(HttpClient http, ConcurrentQueue<string> answers, CancellationToken isOver)
    {
        while (!isOver.IsCancellationRequested)
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "EV", "262193");
            var (status, body) = await answer.StatusAndBodyAsync();
            answers.Enqueue($"{status} {body}");
        }
    }
}
