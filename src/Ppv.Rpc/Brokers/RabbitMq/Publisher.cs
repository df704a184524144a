using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Publishes on a channel with confirms.</summary>
internal sealed class Publisher(IChannel channel, BrokerAlarm alarm, ConnectionLife life)
{
    private readonly Lock _lock = new();

    /// <summary>The channel: answers by direct reply-to come on it, and on no other.</summary>
    public IChannel Channel => channel;

    public async Task PublishAsync(string queue, BrokerMessage message)
    {
        ConnectionLife.LeaveTrace();
        var properties = MessageMapping.ToProperties(message);
        var wasInAlarm = alarm.Observe();
        try
        {
            life.ThrowIfLost();
            ValueTask confirmed;
            // A channel is for one publisher at a time. No token goes in: a publish cancelled half-way would upset the channel's sequence
            // numbers (#1900).
            lock (_lock)
                confirmed = channel.BasicPublishAsync("", queue, mandatory: true, properties, message.Body, CancellationToken.None);
            await life.WaitAsync(confirmed).ConfigureAwait(false);
        }
        catch (PublishReturnException e)
        {
            throw new NotConfirmedException(
                $"No queue '{queue}' on {life.Host} took the message ({e.ReplyCode} {e.ReplyText})", isReturned: true, e);
        }
        catch (PublishException e)
        {
            throw new NotConfirmedException($"RabbitMQ on {life.Host} did not accept the message (nack)", isReturned: false, e);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e))
        {
            // In an alarm the broker reads nothing until it is over; the connection itself is well.
            if (e is not TimeoutException || !wasInAlarm()) life.Lose($"publishing failed: {RabbitMqErrors.Text(e)}");
            throw new NotConfirmedException(
                $"RabbitMQ on {life.Host} did not confirm the message: {RabbitMqErrors.Text(e)}", isReturned: false, e);
        }
    }
}
