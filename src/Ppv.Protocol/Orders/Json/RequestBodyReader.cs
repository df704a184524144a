using System.Buffers;
using System.Text.Json;
using Ppv.Protocol.Text;

namespace Ppv.Protocol.Orders.Json;

/// <summary>Reads the HTTP body: a JSON object with <c>content</c>.</summary>
internal static class RequestBodyReader
{
    /// <summary>The error, or <see langword="null"/> when there is an order.</summary>
    public static string? Read(ReadOnlySpan<byte> body, out PpvOrder? order)
    {
        order = null;
        body = Utf8Text.WithoutByteOrderMark(body);
        if (body.Length > OrderJson.MaxLength)
            return $"The request body has {body.Length} bytes; at most {OrderJson.MaxLength} are taken.";
        try
        {
            var reader = new Utf8JsonReader(body);
            return ReadBody(ref reader, body, out order);
        }
        // InvalidOperationException: a string that is no valid UTF-8 or UTF-16, which the reader finds only when it decodes it.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            order = null;
            return $"The request body is not JSON; an object such as {{\"content\": {{...}}}} is expected, not "
                + $"'{Excerpt.WithoutDigits(body)}'.";
        }
    }

    private static string? ReadBody(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, out PpvOrder? order)
    {
        order = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return $"The request body is not a JSON object; {{\"content\": {{...}}}} is expected, not '{Excerpt.WithoutDigits(body)}'.";
        string? error = null;
        var hasContent = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (!isContent)
            {
                reader.Skip();
                continue;
            }
            if (hasContent)
            {
                order = null;
                return "The request body has more than one 'content'; exactly one is expected.";
            }
            hasContent = true;
            error = ReadContent(ref reader, body, out order);
            if (error is not null) return error;
        }
        reader.Read();
        return hasContent ? null : "The request body has no 'content'; an order is expected there.";
    }

    private static string? ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, out PpvOrder? order)
    {
        order = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return OrderReader.Read(body[start..(int)reader.BytesConsumed], out order);
            case JsonTokenType.String:
                var text = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
                try
                {
                    return OrderReader.Read(text.AsSpan(0, reader.CopyString(text)), out order);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(text);
                }
            default:
                return "The 'content' of the request body is neither an object nor a string; an order is expected there.";
        }
    }
}
