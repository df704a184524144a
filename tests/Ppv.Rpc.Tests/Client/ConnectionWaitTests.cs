using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>A caller waits for a connection no longer than it was promised, however often one comes and is of no use.</summary>
public sealed class ConnectionWaitTests : IAsyncDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _primary = new(new BrokerHost("kfs-gax", 5672));
    private readonly TaskCompletionSource<IBrokerConnection> _dialled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _dialling = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncLocal<bool> _isCaller = new();
    private readonly RpcClient _client;

    public ConnectionWaitTests() => _client = new RpcClient(
        new Dialer(this), new BrokerOptions { Hosts = ["kfs-gax", "bs-gax"] }, new RpcOptions { ConnectionWait = Wait }, null, _clock);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_host_that_comes_late_and_takes_no_messages_does_not_begin_the_wait_anew()
    {
        _primary.ReadingBlockedReason = () =>
        {
            // The caller reads it when the supervisor is about to move already.
            if (_isCaller.Value)
                SpinWait.SpinUntil(() => _client.Hosts[0].State == BrokerHostState.Blocked, Hang.Limit).ShouldBeTrue();
            return "low on memory";
        };
        _client.Start();
        await _dialling.Task.Within();
        _isCaller.Value = true;
        var began = _clock.GetUtcNow();
        var calling = _client.SendAsync(RpcRequest.Create("{}"u8.ToArray()));
        _clock.Advance(Wait - TimeSpan.FromSeconds(1));
        calling.IsCompleted.ShouldBeFalse();
        _dialled.SetResult(_primary);
        await Bounds.UntilAsync(() => _client.Hosts[0].State == BrokerHostState.Blocked, "the alarm");

        var reply = await _clock.AdvanceUntilAsync(calling, TimeSpan.FromMilliseconds(50));

        reply.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        reply.Logged!.ShouldContain("low on memory");
        (_clock.GetUtcNow() - began).ShouldBeLessThan(Wait + TimeSpan.FromSeconds(6)); // 19 s if it began anew.
    }

    [Fact]
    public async Task A_wait_whose_time_is_over_already_ends_at_once()
    {
        _client.Start();
        await _dialling.Task.Within();

        (await _client.ConnectAsync(TimeSpan.FromSeconds(-5), default).AsTask().Within()).ShouldBeFalse();
    }

    /// <summary>The primary is there when the test says so, the other one never.</summary>
    private sealed class Dialer(ConnectionWaitTests test) : IBrokerDialer
    {
        public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
        {
            test._dialling.TrySetResult();
            return host.Name == "kfs-gax"
                ? test._dialled.Task.WaitAsync(cancellationToken)
                : new TaskCompletionSource<IBrokerConnection>().Task.WaitAsync(cancellationToken);
        }
    }
}
