using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Ppv.Protocol.Orders.Json;

namespace Ppv.Protocol;

/// <summary>The JSON dialect of orders, both ways (contract §1 for the HTTP body, §2 for the message on the queue).</summary>
/// <remarks>
/// <para>An order is an object, in JSON or as a Python-style dict with single quotes, that holds <c>connid</c> and exactly one of
/// <c>EV</c>, <c>EN</c> and <c>CONFIRM</c>. Keys are case-sensitive; other keys are ignored whatever their value. Values are strings or
/// integers. <c>CONFIRM</c> has the value <c>UP</c> and no other. A <c>connid</c> that is missing or null gives an order whose
/// <see cref="PpvOrder.ConnectionId"/> is <see langword="null"/>: whether such an order is taken is the host's decision.</para>
/// <para>Readers never throw, whatever the bytes are. Their error is one sentence that may be logged as it is: it quotes at most a
/// short piece of the input, without control characters. All members are safe for use by several threads.</para>
/// </remarks>
public static class OrderJson
{
    /// <summary>The most bytes that a reader takes: 65,536. An order has less than a hundred; more than this is refused unread.</summary>
    public const int MaxLength = 65_536;

    /// <summary>
    /// Reads the body of an HTTP request: a JSON object whose <c>content</c> is an order, either as an object or as a string that holds
    /// one (contract §1).
    /// </summary>
    /// <param name="utf8">The body. A byte order mark at its start is skipped.</param>
    /// <param name="order">The order, with a new <see cref="PpvOrder.Id"/>, when the answer is <see langword="true"/>.</param>
    /// <param name="error">What is wrong and what is expected, when the answer is <see langword="false"/>.</param>
    public static bool TryReadRequest(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out PpvOrder? order, [NotNullWhen(false)] out string? error)
    {
        error = RequestBodyReader.Read(utf8, out order);
        return error is null;
    }

    /// <summary>Reads an order as it stands in a message on the queue: JSON or a Python-style dict (contract §2).</summary>
    /// <param name="utf8">The message's body. A byte order mark at its start is skipped.</param>
    /// <param name="order">The order, with a new <see cref="PpvOrder.Id"/>, when the answer is <see langword="true"/>.</param>
    /// <param name="error">What is wrong and what is expected, when the answer is <see langword="false"/>.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out PpvOrder? order, [NotNullWhen(false)] out string? error)
    {
        error = OrderReader.Read(utf8, out order);
        return error is null;
    }

    /// <summary>Writes an order as it stands in a message on the queue. Its <see cref="PpvOrder.Id"/> is no part of it.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="order">The order.</param>
    /// <param name="style">JSON, or the old gateway's single quotes.</param>
    public static void Write(IBufferWriter<byte> output, PpvOrder order, OrderJsonStyle style = OrderJsonStyle.Json)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(order);
        OrderWriter.Write(output, order, style);
    }

    /// <summary>An order as it stands in a message on the queue: what <see cref="Write"/> writes, as an array.</summary>
    /// <param name="order">The order.</param>
    /// <param name="style">JSON, or the old gateway's single quotes.</param>
    public static byte[] ToBytes(PpvOrder order, OrderJsonStyle style = OrderJsonStyle.Json)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, order, style);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The body of an HTTP request that places an order (contract §1).</summary>
    /// <param name="order">The order.</param>
    /// <param name="style">
    /// <see cref="OrderJsonStyle.Python"/>, as the voice platform sends it: <c>content</c> is a string that holds a dict with single
    /// quotes. <see cref="OrderJsonStyle.Json"/>: <c>content</c> is an object.
    /// </param>
    public static byte[] ToRequestBytes(PpvOrder order, OrderJsonStyle style = OrderJsonStyle.Python)
    {
        ArgumentNullException.ThrowIfNull(order);
        var output = new ArrayBufferWriter<byte>();
        OrderWriter.WriteRequest(output, order, style);
        return output.WrittenSpan.ToArray();
    }
}
