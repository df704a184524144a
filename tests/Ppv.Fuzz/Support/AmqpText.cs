using System.Globalization;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using RabbitMQ.Client;

namespace Ppv.Fuzz.Support;

/// <summary>
/// Messages as text: lines such as <c>reply-to=amq.gen-1</c> for properties, and <c>x-ppv-deadline:l=1767268800000</c> for headers with
/// their AMQP type, an empty line, and the body. <c>%0A</c> in a value is a line feed. A line of <c>---</c> ends a message.
/// </summary>
internal static class AmqpText
{
    public static readonly IReadOnlyList<string> Dictionary =
    [
        "type=ppv.status\n", "type=ppv.call\n", "correlation-id=", "message-id=", "reply-to=amq.gen-1\n", "expiration=", "redelivered=1\n",
        "x-ppv-deadline:l=", "x-ppv-possible-duplicate:b=1\n", "x-ppv-id-since:l=", "x-ppv-subject:s=", "x-ppv-prior:s=other\n",
        "traceparent:s=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n", "tracestate:s=", "x-ppv-outcome:s=Completed\n",
        "x-ppv-outcome:s=NotExecuted\n", "x-ppv-outcome:s=Unknown\n", "x-ppv-reason:s=", "x-delivery-count:l=", ":s=", ":l=", ":i=", ":b=",
        ":d=", ":f=", ":D=", ":n=", ":t=", ":L=", ":T=", ":x=", ":y=", ":h=", "%0A", "%0D", "%00", "%1B", "%7F", "%E2%80%A8", "%FF", "\n\n",
        "\n---\n", "1767268800000", "wizard=sent\n", "wizard=unsent\n", "wizard=ER101\n", "{'connid':'0127032d64a94732','EV':'1569885'}",
        "{'connid':'0127032d64a94732','EN':'85165320'}", "{'connid':'0127032d64a94732','CONFIRM':'UP'}", "connid", "CONFIRM",
    ];

    /// <summary>The longest text that a property can have.</summary>
    private const int ShortText = 255;

    private const int MostMessages = 8;

    private static ReadOnlySpan<byte> End => "\n---\n"u8;

    /// <summary>Takes an input apart.</summary>
    public static List<Message> Read(ReadOnlySpan<byte> input)
    {
        var messages = new List<Message>();
        while (messages.Count < MostMessages)
        {
            var end = input.IndexOf(End);
            messages.Add(ReadOne(end < 0 ? input : input[..end]));
            if (end < 0) break;
            input = input[(end + End.Length)..];
        }

        return messages;
    }

    /// <summary>Properties as they are once they came over the wire, where a text in a header is bytes.</summary>
    public static BasicProperties OverTheWire(in BrokerMessage message)
    {
        var properties = MessageMapping.ToProperties(message);
        foreach (var (name, value) in properties.Headers?.ToArray() ?? [])
            if (value is string text) properties.Headers![name] = Encoding.UTF8.GetBytes(text);
        return properties;
    }

    private static Message ReadOne(ReadOnlySpan<byte> input)
    {
        var (properties, headers, extra) = (new BasicProperties(), new Dictionary<string, object?>(), new Dictionary<string, string>());
        while (!input.IsEmpty)
        {
            var end = input.IndexOf((byte)'\n');
            var line = end < 0 ? input : input[..end];
            input = end < 0 ? [] : input[(end + 1)..];
            if (line.IsEmpty) break;
            var equals = line.IndexOf((byte)'=');
            if (equals < 0) continue;
            var name = Encoding.UTF8.GetString(line[..equals]);
            var value = Unescape(line[(equals + 1)..]);
            if (name is [.. var header, ':', var type]) headers[header] = Typed(type, value);
            else Set(properties, extra, name, Encoding.UTF8.GetString(value.AsSpan(0, Math.Min(value.Length, ShortText))));
        }

        if (headers.Count > 0) properties.Headers = headers;
        return new Message(properties, input.ToArray(), extra);
    }

    private static void Set(BasicProperties properties, Dictionary<string, string> extra, string name, string value)
    {
        switch (name)
        {
            case "type": properties.Type = value; break;
            case "correlation-id": properties.CorrelationId = value; break;
            case "message-id": properties.MessageId = value; break;
            case "reply-to": properties.ReplyTo = value; break;
            case "expiration": properties.Expiration = value; break;
            case "content-type": properties.ContentType = value; break;
            default: extra[name] = value; break;
        }
    }

    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length
                && byte.TryParse(text.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                at += 2;
            }
            else
            {
                bytes.Add(text[at]);
            }
        }

        return [.. bytes];
    }

    /// <summary>What the client library makes of a field of a type.</summary>
    private static object? Typed(char type, byte[] value)
    {
        var text = Encoding.UTF8.GetString(value);
        var number = long.TryParse(text, CultureInfo.InvariantCulture, out var whole) ? whole : 0;
        var real = double.TryParse(text, CultureInfo.InvariantCulture, out var fraction) ? fraction : 0;
        return type switch
        {
            'l' => number,
            'i' => unchecked((int)number),
            'h' => unchecked((short)number),
            'y' => unchecked((byte)number),
            'b' => number != 0,
            'd' => real,
            'f' => (float)real,
            'D' => Math.Abs(real) < 1e27 ? (decimal)real : 0m,
            'n' => null,
            't' => new AmqpTimestamp(number),
            'L' => new List<object?> { value, number },
            'T' => new Dictionary<string, object?> { ["a"] = value },
            'x' => new BinaryTableValue(value),
            _ => value,
        };
    }

    /// <summary>A message as it came.</summary>
    /// <param name="Properties">Its properties.</param>
    /// <param name="Body">Its body.</param>
    /// <param name="Extra">What a target wants to know beside that.</param>
    internal sealed record Message(BasicProperties Properties, byte[] Body, IReadOnlyDictionary<string, string> Extra)
    {
        public BrokerMessage Read() => MessageMapping.ToMessage(Properties, Body);
    }
}
