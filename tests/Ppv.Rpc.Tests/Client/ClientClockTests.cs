using System.Text;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>A client whose clock is set, or whose callers have another one.</summary>
public sealed class ClientClockTests : IAsyncDisposable
{
    private static readonly byte[] Body = "{}"u8.ToArray();
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly SteppedClock _clock = new(new DateTimeOffset(2026, 12, 1, 3, 0, 0, TimeSpan.Zero));
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly RpcClient _client;

    public ClientClockTests() => _client = new RpcClient(Dialer, Broker, new RpcOptions { Queue = "orders" }, null, _clock);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private ScriptedDialer Dialer => new((attempt, _) => attempt == 0 ? _connection : throw ScriptedDialer.Unavailable);

    private static BrokerOptions Broker => new() { Hosts = ["kfs-gax"] };

    [Theory]
    [InlineData(50 * 24 * 60)] // Its expiration would be too large for the broker, which closes everybody's connection for it.
    [InlineData(11)]
    public async Task A_deadline_further_ahead_than_anybody_waits_is_refused_and_nothing_is_sent(int minutes)
    {
        var request = new RpcRequest("1", Body) { Deadline = _clock.GetUtcNow().AddMinutes(minutes) };

        var refused = await Should.ThrowAsync<ArgumentException>(_client.SendAsync(request));

        refused.Message.ShouldContain("Deadline is 20");
        refused.Message.ShouldContain("nobody waits for longer than 00:10:00");
        await Should.ThrowAsync<ArgumentException>(_client.SendAsync(request with { Deadline = DateTimeOffset.MaxValue }));
        _connection.NothingPublished.ShouldBeTrue();
        _client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task The_longest_deadline_and_one_that_is_over_are_told_apart_as_ever()
    {
        var calling = _client.SendAsync(new RpcRequest("1", Body) { Deadline = _clock.GetUtcNow().AddMinutes(10) });
        var message = (await _connection.NextPublishedAsync()).Message;
        message.Expiration.ShouldBe(TimeSpan.FromMinutes(10));
        Answer(message);
        await calling.Within();

        var late = await _client.SendAsync(
            new RpcRequest("2", Body) { Deadline = DateTimeOffset.MinValue, History = IdHistory.New }).Within();
        (late.Outcome, late.Reason).ShouldBe((RpcOutcome.NotExecuted, "The connection to the broker came too late."));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_step_of_the_clock_neither_ends_a_wait_nor_makes_it_longer(int hours)
    {
        var calling = _client.SendAsync(new RpcRequest("1", Body));
        await _connection.NextPublishedAsync();
        _clock.Step(hours * Hour);
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        calling.IsCompleted.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        (await calling.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task What_waits_for_a_connection_while_the_clock_is_set_is_published_with_the_time_that_is_left_by_the_new_clock(int hours)
    {
        var (ready, dialled) = (false, new TaskCompletionSource());
        await using var client = new RpcClient(
            new ScriptedDialer((_, _) =>
            {
                dialled.TrySetResult();
                return ready ? _connection : throw ScriptedDialer.Unavailable;
            }),
            Broker,
            new RpcOptions { Queue = "orders" }, null, _clock);
        var calling = client.SendAsync(new RpcRequest("1", Body) { Deadline = _clock.GetUtcNow().AddSeconds(30) });
        await dialled.Task.Within();
        _clock.Step(hours * Hour);
        ready = true;
        var publishing = _connection.NextPublishedAsync();
        await _clock.AdvanceUntilAsync(publishing, TimeSpan.FromMilliseconds(100));
        var message = (await publishing).Message;

        var left = message.Expiration!.Value;
        left.ShouldBeInRange(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        message.Deadline!.Value.ShouldBeInRange(_clock.GetUtcNow() + left - TimeSpan.FromSeconds(5), _clock.GetUtcNow() + left);
        Answer(message);
        await calling.Within();
    }

    [Fact]
    public async Task A_purchase_during_which_the_clock_is_set_back_goes_on()
    {
        await using var client = new PpvClient(Dialer, new PpvClientOptions { Broker = Broker, Rpc = { Queue = "orders" } }, null, _clock);
        var buying = client.PurchaseAsync(ConnectionId.Parse("1"), "262193", "85165320");
        for (var step = 0; step < 3; step++)
        {
            var message = (await _connection.NextPublishedAsync()).Message;
            message.Expiration.ShouldBe(TimeSpan.FromSeconds(30));
            message.Deadline.ShouldBe(_clock.GetUtcNow().AddSeconds(30));
            _clock.Step(-Hour);
            Answer(message);
        }

        (await buying.Within()).IsBought.ShouldBeTrue();
    }

    private void Answer(BrokerMessage message) => _connection.Replies!(new BrokerMessage
    {
        Body = Encoding.ASCII.GetBytes("OK\r"), CorrelationId = message.CorrelationId, Outcome = RpcOutcome.Completed,
    });
}
