using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Ppv.Protocol;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ppv.Broker.Tests.Support;

/// <summary>
/// The old worker's part, byte for byte (contract §2): one order at a time, <c>'</c> turned into <c>"</c> and parsed as JSON, the answer
/// with nothing but the correlation id, acknowledged after replying.
/// </summary>
internal sealed class OldWorker : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly CancellationTokenSource _ended = new();

    private OldWorker(IConnection connection) => _connection = connection;

    /// <summary>What it understood: the text as it parsed it, and the properties.</summary>
    public sealed record Request(Dictionary<string, string> Order, IReadOnlyBasicProperties Properties);

    public Channel<Request> Requests { get; } = Channel.CreateUnbounded<Request>();

    public static Task<OldWorker> StartAsync(BrokerAddress address, string queue, Func<Dictionary<string, string>, string> answer) =>
        StartAsync(address, queue, order => Task.FromResult(answer(order)));

    /// <summary>With a Wizard: the line is the old formula's, and each command has a connection of its own (contract §3).</summary>
    public static Task<OldWorker> StartAsync(BrokerAddress address, string queue, WizardClient wizard, LineRange lines) =>
        StartAsync(address, queue, async order =>
        {
            var call = ConnectionId.Parse(order["connid"]);
            var command = order.TryGetValue("EV", out var eventNumber) ? PpvCommand.Event(eventNumber)
                : order.TryGetValue("EN", out var subscriber) ? PpvCommand.Subscriber(subscriber)
                : PpvCommand.Confirm;
            var request = new WizardRequest(LineFormula.LineOf(call, lines), command, DateTimeOffset.MaxValue);
            return $"{(await wizard.SendAsync(request, CancellationToken.None)).Text}\r";
        });

    public static async Task<OldWorker> StartAsync(
        BrokerAddress address, string queue, Func<Dictionary<string, string>, Task<string>> answer)
    {
        var connection = await address.ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            queue, durable: false, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-message-ttl"] = 30000 });
        await channel.BasicQosAsync(0, 1, global: false);
        var worker = new OldWorker(connection);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var text = Encoding.UTF8.GetString(delivery.Body.Span).Replace('\'', '"');
            var order = JsonSerializer.Deserialize<Dictionary<string, string>>(text)!;
            worker.Requests.Writer.TryWrite(new Request(order, new BasicProperties(delivery.BasicProperties)));
            var properties = new BasicProperties { CorrelationId = delivery.BasicProperties.CorrelationId };
            await channel.BasicPublishAsync(
                "", delivery.BasicProperties.ReplyTo!, mandatory: false, properties,
                Encoding.ASCII.GetBytes(await answer(order).WaitAsync(worker._ended.Token)));
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        return worker;
    }

    /// <summary>Ends it at once, as it ends: what it has in hand is neither answered nor acknowledged.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested) return;
        await _ended.CancelAsync();
        await _connection.DisposeAsync();
    }
}
