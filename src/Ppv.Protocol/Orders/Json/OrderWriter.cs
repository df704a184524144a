using System.Buffers;
using System.Text;

namespace Ppv.Protocol.Orders.Json;

/// <summary>
/// Writes orders. Ids and values hold no quotes, backslashes or control characters, so nothing needs an escape in either style.
/// </summary>
internal static class OrderWriter
{
    public static void WriteRequest(IBufferWriter<byte> output, PpvOrder order, OrderJsonStyle style)
    {
        var isPython = style == OrderJsonStyle.Python;
        output.Write(isPython ? "{\"content\": \""u8 : "{\"content\": "u8);
        Write(output, order, style);
        output.Write(isPython ? "\"}"u8 : "}"u8);
    }

    public static void Write(IBufferWriter<byte> output, PpvOrder order, OrderJsonStyle style)
    {
        var quote = style switch
        {
            OrderJsonStyle.Json => "\""u8,
            OrderJsonStyle.Python => "'"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(style), style, "There are two styles."),
        };
        output.Write("{"u8);
        if (order.ConnectionId is { } connectionId)
        {
            WritePair(output, quote, "connid", connectionId.Digits);
            output.Write(","u8);
        }
        WritePair(output, quote, order.Command.Key, order.Command.Value);
        output.Write("}"u8);
    }

    private static void WritePair(IBufferWriter<byte> output, ReadOnlySpan<byte> quote, string key, ReadOnlySpan<char> value)
    {
        output.Write(quote);
        Encoding.ASCII.GetBytes(key, output);
        output.Write(quote);
        output.Write(":"u8);
        output.Write(quote);
        Encoding.ASCII.GetBytes(value, output);
        output.Write(quote);
    }
}
