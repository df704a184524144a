using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// The properties of a channel's messages, one after the other in the same objects. For one thread at a time, which publishes between
/// <see cref="For"/> and <see cref="Written"/>.
/// </summary>
internal sealed class ReusedProperties
{
    private BasicProperties _properties = new();
    private Dictionary<string, object?> _headers = [];

    /// <summary>The properties for a message that is published now.</summary>
    public BasicProperties For(in BrokerMessage message)
    {
        MessageMapping.Write(message, _properties, _headers);
        return _properties;
    }

    /// <summary>The message was handed to the library. It has written the properties by now, unless it has to wait for something.</summary>
    public void Written(bool isCompleted)
    {
        if (!isCompleted) (_properties, _headers) = (new BasicProperties(), []);
    }
}
