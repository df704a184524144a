using Microsoft.Extensions.Logging;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>A server whose senders have other clocks.</summary>
public sealed class SenderClockTests : IAsyncDisposable
{
    private readonly SteppedClock _clock = new(new DateTimeOffset(2026, 12, 1, 3, 0, 0, TimeSpan.Zero));
    private readonly RecordingLogger _log = new();
    private readonly List<RpcRequestContext> _calls = [];
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly DeliveryWorker _worker;

    public SenderClockTests() => _worker = new DeliveryWorker(
        new RpcOptions(), (call, _) => { _calls.Add(call); return Task.FromResult(RpcReply.Fault); }, _log, _clock);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Theory]
    [InlineData(-1, "behind")]
    [InlineData(1, "ahead of")]
    public async Task That_its_clock_differs_is_warned_of_once_in_a_while(int hours, string side)
    {
        for (var i = 0; i < 5; i++) await DeliverAsync(TimeSpan.FromHours(hours));
        Warnings.ShouldHaveSingleItem().ShouldContain($"is about 60 min {side} this server's");

        _clock.Step(TimeSpan.FromDays(1)); // The silence goes by the monotonic clock.
        _clock.Step(TimeSpan.FromDays(-1));
        await DeliverAsync(TimeSpan.FromHours(hours));
        Warnings.Count.ShouldBe(1);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await DeliverAsync(TimeSpan.FromHours(hours));
        Warnings.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Its_handler_knows_why_a_request_is_late_and_gets_no_time_on_the_queue_that_is_none()
    {
        await DeliverAsync(TimeSpan.FromHours(-1));
        await DeliverAsync(TimeSpan.Zero);

        _calls[0].ClockTrouble.ShouldNotBeNull().ShouldContain("differ by about 60 min");
        _calls[0].TimeOnQueue.ShouldBeNull();
        _calls[1].ClockTrouble.ShouldBeNull();
        _calls[1].TimeOnQueue.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Clocks_that_agree_are_warned_of_never()
    {
        for (var seconds = -5; seconds <= 30; seconds += 5) await DeliverAsync(TimeSpan.FromSeconds(-seconds));
        Warnings.ShouldBeEmpty();
    }

    private List<string> Warnings =>
        [.. _log.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Message)];

    private async Task DeliverAsync(TimeSpan sendersOffset)
    {
        var life = TimeSpan.FromSeconds(30);
        var message = new BrokerMessage
        {
            Body = "{}"u8.ToArray(), MessageId = "order", CorrelationId = "c", ReplyTo = "replies",
            Deadline = _clock.GetUtcNow() + sendersOffset + life, Expiration = life,
        };
        await _worker.WorkAsync(
            _connection, new BrokerDelivery(message, 1, Redelivered: false), ClockReading.Now(_clock), null, null,
            CancellationToken.None, CancellationToken.None);
    }
}
