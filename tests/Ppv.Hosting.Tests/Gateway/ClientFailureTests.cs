using Microsoft.Extensions.Logging;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>Whatever the client does, the caller gets a code, and in time.</summary>
public class ClientFailureTests
{
    private const string Confirm = """{"content":{"connid":"1","CONFIRM":"UP"}}""";

    private static Dictionary<string, Func<Task<PpvResult>>> Failures => new()
    {
        ["throws"] = () => throw new InvalidOperationException("at once"),
        ["faults"] = () => Task.FromException<PpvResult>(new InvalidOperationException("later")),
        ["disposed"] = () => Task.FromException<PpvResult>(new ObjectDisposedException("client")),
        ["network"] = () => Task.FromException<PpvResult>(new IOException("network")),
        ["cancelled"] = () => Task.FromCanceled<PpvResult>(new CancellationToken(true)),
    };

    [Theory]
    [InlineData("throws")]
    [InlineData("faults")]
    [InlineData("disposed")]
    [InlineData("network")]
    [InlineData("cancelled")]
    public async Task An_exception_is_unknown_never_a_500(string failure)
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Answer = (_, _) => Failures[failure]();
        using var response = await gateway.PostAsync(Confirm);
        await response.ShouldSayAsync("ER995", "Unknown");
        gateway.Log.OfOurs.Count(entry => entry.Level == LogLevel.Error && entry.Exception is not null).ShouldBe(1);
    }

    [Fact]
    public async Task What_the_client_knows_of_hosts_is_in_the_log_and_not_in_the_answer()
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Answer = (order, _) => Task.FromResult(
            new PpvResult(order.Id, RpcOutcome.NotExecuted, null, "There is no connection to the broker.")
            {
                Detail = "There is no connection to the broker. RabbitMQ on kfs-gax:5672 can't be reached.",
            });
        using var response = await gateway.PostAsync(Confirm);
        response.Header("X-Ppv-Reason").ShouldBe("There is no connection to the broker.");
        gateway.Log.AllText.ShouldContain("RabbitMQ on kfs-gax:5672 can't be reached.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_hangs_is_left_when_the_time_is_over(bool listens)
    {
        await using var gateway = await GatewayApp.StartAsync(o => o.Rpc.ReplyTimeout = TimeSpan.FromSeconds(5), ownClock: true);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Client.Answer = async (_, token) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, listens ? token : CancellationToken.None);
            throw new InvalidOperationException("not reached");
        };
        var answer = gateway.PostAsync(Confirm);
        await asked.Task.WaitAsync(Hang.Limit);
        gateway.Clock!.Advance(TimeSpan.FromSeconds(5));
        answer.IsCompleted.ShouldBeFalse();
        gateway.Clock.Advance(TimeSpan.FromMilliseconds(100));
        using var response = await answer.WaitAsync(Hang.Limit);
        await response.ShouldSayAsync("ER995", "Unknown");
        response.Header("X-Ppv-Reason").ShouldBe("No answer came within 5 s.");
    }

    [Fact]
    public async Task What_the_client_says_at_the_last_moment_still_counts()
    {
        await using var gateway = await GatewayApp.StartAsync(ownClock: true);
        var (asked, answer) = (new TaskCompletionSource(
            TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource<PpvResult>());
        gateway.Client.Answer = (_, _) =>
        {
            asked.SetResult();
            return answer.Task;
        };
        var posted = gateway.PostAsync(Confirm);
        await asked.Task.WaitAsync(Hang.Limit);
        gateway.Clock!.Advance(TimeSpan.FromSeconds(30));
        answer.SetResult(new PpvResult("x", RpcOutcome.NotExecuted, null, "There was no connection."));
        using var response = await posted.WaitAsync(Hang.Limit);
        await response.ShouldSayAsync("ER995", "NotExecuted");
    }
}
