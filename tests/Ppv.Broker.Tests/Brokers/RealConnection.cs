using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>Connections of ours to a real broker, without a supervisor.</summary>
internal static class RealConnection
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    public static BrokerOptions Options(BrokerAddress address)
    {
        var options = new BrokerOptions();
        address.ApplyTo(options);
        // The tests' time-outs are about what waits for them, not about a busy machine.
        options.DialTimeout = TimeSpan.FromSeconds(10);
        return options;
    }

    public static Task<IBrokerConnection> DialAsync(BrokerAddress address, Action<BrokerOptions>? configure = null, ILogger? logger = null)
    {
        var options = Options(address);
        configure?.Invoke(options);
        return Dialer(options, logger).DialAsync(new BrokerHost(address.Host, address.Port), "test", Bounds.Token);
    }

    public static RabbitMqDialer Dialer(BrokerOptions options, ILogger? logger = null) =>
        new(options, TimeProvider.System, PlainLogger.To(logger));

    public static BrokerAddress Through(this BrokerAddress address, TcpProxy proxy) =>
        address with { Host = "127.0.0.1", Port = proxy.Port };

    public static Task<string> ConsumeRepliesAsync(
        this IBrokerConnection connection, Action<BrokerMessage>? onMessage = null, ReplyQueueKind kind = ReplyQueueKind.ExclusiveQueue) =>
        connection.ConsumeRepliesAsync(onMessage ?? (_ => { }), kind, Bounds.Token);

    public static Task<bool> TryConsumeAsync(
        this IBrokerConnection connection, string queue, ConsumerKind kind, Action<BrokerDelivery>? onDelivery = null) =>
        connection.TryConsumeAsync(new ConsumeRequest(queue, kind, 10, onDelivery ?? (_ => { }), _ => { }), Bounds.Token);

    public static BrokerMessage Message(string text) => new() { Body = Encoding.ASCII.GetBytes(text) };

    public static string Text(this BrokerMessage message) => Encoding.ASCII.GetString(message.Body.Span);
}
