using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Server;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>A quorum queue drops what came back too often: before that somebody is told.</summary>
public sealed class ReturnedOftenTests
{
    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public async Task An_order_that_came_back_often_is_told_before_the_queue_drops_it(ushort returns, bool isTold)
    {
        var (log, clock) = (new RecordingLogger(), new TestClock(DateTimeOffset.UnixEpoch.AddYears(56)));
        var worker = new DeliveryWorker(new RpcOptions(), (_, _) => Task.FromResult(OrderReply.Completed("OK")), log, clock);
        var message = new BrokerMessage { Body = "{}"u8.ToArray(), MessageId = "order", CorrelationId = "c", ReplyTo = "replies" };

        (await worker.WorkAsync(
            new ScriptedConnection(), new BrokerDelivery(message, 1, Redelivered: true, returns), ClockReading.Now(clock), null, null,
            CancellationToken.None, CancellationToken.None)).ShouldBeTrue();

        log.Entries.Any(entry => entry.Message.StartsWith(
            "Request order came back to queue prod.ppv.kfs 10 times.", StringComparison.Ordinal)).ShouldBe(isTold);
    }

    [Theory]
    [InlineData(3L, 3)]
    [InlineData(3, 3)]
    [InlineData(-1L, 0)]
    [InlineData(100_000L, ushort.MaxValue)]
    [InlineData("3", 0)]
    [InlineData(null, 0)]
    public void The_count_is_read_from_whatever_stands_there(object? value, int count) =>
        ((int)MessageMapping.ReturnsIn(new Dictionary<string, object?> { ["x-delivery-count"] = value })).ShouldBe(count);
}
