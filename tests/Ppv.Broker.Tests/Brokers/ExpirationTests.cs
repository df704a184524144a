using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>A time that a broker can't count: it closes the channel for it, and so ends what everybody else waits for there.</summary>
public class ExpirationTests(SharedBroker broker)
{
    private static readonly byte[] Body = "{}"u8.ToArray();
    private readonly string _queue = TestBroker.UniqueQueueName("expiration");

    [Fact]
    public async Task An_expiration_of_50_years_closes_a_channel_and_ours_never_has_one()
    {
        await using var connection = await broker.Broker.ConnectAsync();
        var closed = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var channel = await connection.CreateChannelAsync();
        channel.ChannelShutdownAsync += (_, reason) => { closed.TrySetResult(reason); return Task.CompletedTask; };
        await channel.BasicPublishAsync(
            "", _queue, mandatory: false, new BasicProperties { Expiration = "1576800000000" }, Body, Bounds.Token);
        (await closed.Task.WaitAsync(Bounds.Token)).ReplyCode.ShouldBe((ushort)406);

        await using var own = await RealConnection.DialAsync(broker.Address);
        await own.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.DurableClassic, TimeSpan.FromSeconds(30)), Bounds.Token);
        await own.PublishAsync(
            _queue, new BrokerMessage { Body = Body, MessageId = "1", Expiration = TimeSpan.FromDays(50 * 365) }).WaitAsync(Bounds.Token);
        (await own.ProbeAsync()).ShouldBeTrue();
        (await own.CountAsync(_queue, Bounds.Token)).Messages.ShouldBe(1);
        own.Lost.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_deadline_of_50_days_is_refused_and_disturbs_nobody_who_waits_on_the_connection()
    {
        var rpc = new RpcOptions { Queue = _queue };
        var options = new BrokerOptions();
        broker.Address.ApplyTo(options);
        await using var client = new RpcClient(options, rpc);
        var waiting = client.SendAsync(new RpcRequest("1", Body) { Deadline = TimeProvider.System.GetUtcNow().AddSeconds(5) });

        var far = new RpcRequest("2", Body) { Deadline = TimeProvider.System.GetUtcNow().AddDays(50) };
        (await Should.ThrowAsync<ArgumentException>(client.SendAsync(far))).Message.ShouldContain("nobody waits for longer");

        (await waiting.WaitAsync(Bounds.Token)).Reason.ShouldNotBeNull().ShouldContain("No answer came within");
    }
}
