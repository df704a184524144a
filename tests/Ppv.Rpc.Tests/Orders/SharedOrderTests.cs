using Ppv.Protocol;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>One order, sent twice at a time: that one of both was not sent says nothing of the other one.</summary>
public sealed class SharedOrderTests : IAsyncDisposable
{
    private readonly TwoQueues _first = new() { CanDial = () => false };
    private readonly TwoQueues _second = new();
    private readonly PpvOrder _order = PpvOrder.Confirm(ConnectionId.Parse("1"));

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task By_one_client()
    {
        var both = new[] { _first.Client.SendAsync(_order), _first.Client.SendAsync(_order) };
        foreach (var sent in both) (await _first.RunAsync(sent)).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task By_two_clients()
    {
        var away = _first.Client.SendAsync(_order);
        await _second.ReadyAsync();
        (await _second.RunAsync(_second.Client.SendAsync(_order))).Outcome.ShouldBe(RpcOutcome.Completed);
        (await _first.RunAsync(away)).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task One_after_the_other_each_proves_that_nothing_was_sent()
    {
        for (var time = 0; time < 3; time++)
            (await _first.RunAsync(_first.Client.SendAsync(_order))).Outcome.ShouldBe(RpcOutcome.NotExecuted);
    }
}
