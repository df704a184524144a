using System.Threading.Channels;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>Who asks for a proof gets one that was begun after he asked.</summary>
public class OneAtATimeTests
{
    private readonly Channel<TaskCompletionSource<bool>> _begun = Channel.CreateUnbounded<TaskCompletionSource<bool>>();

    [Fact]
    public async Task Who_asks_while_one_is_under_way_gets_the_next_one_and_so_does_everybody_until_it_begins()
    {
        var runs = new OneAtATime(Run);
        var first = runs.RunAsync();
        var one = await NextAsync();

        var second = runs.RunAsync();
        var third = runs.RunAsync();
        one.SetResult(false);
        (await first.Within()).ShouldBeFalse();
        var two = await NextAsync();
        second.IsCompleted.ShouldBeFalse();
        var fourth = runs.RunAsync();
        two.SetResult(true);

        (await second.Within(), await third.Within()).ShouldBe((true, true));
        var three = await NextAsync();
        fourth.IsCompleted.ShouldBeFalse("it was asked for when the second one had begun");
        three.SetResult(false);
        (await fourth.Within()).ShouldBeFalse();
        _begun.Reader.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_asks_when_nothing_is_under_way_begins_one()
    {
        var runs = new OneAtATime(Run);
        for (var i = 0; i < 2; i++)
        {
            var asked = runs.RunAsync();
            (await NextAsync()).SetResult(i == 1);
            (await asked.Within()).ShouldBe(i == 1);
        }
    }

    private Task<bool> Run()
    {
        var run = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _begun.Writer.TryWrite(run).ShouldBeTrue();
        return run.Task;
    }

    private Task<TaskCompletionSource<bool>> NextAsync() => _begun.Reader.ReadAsync().AsTask().Within();
}
