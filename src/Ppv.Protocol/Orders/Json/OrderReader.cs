using System.Buffers;
using System.Text;
using System.Text.Json;
using Ppv.Protocol.Text;

namespace Ppv.Protocol.Orders.Json;

/// <summary>Reads the order itself.</summary>
internal static class OrderReader
{
    /// <summary>The error, or <see langword="null"/> when there is an order.</summary>
    public static string? Read(ReadOnlySpan<byte> input, out PpvOrder? order)
    {
        order = null;
        input = Utf8Text.WithoutByteOrderMark(input);
        if (input.Length > OrderJson.MaxLength)
            return $"The order has {input.Length} bytes; at most {OrderJson.MaxLength} are taken.";
        var json = ArrayPool<byte>.Shared.Rent(DictTranslator.MaxOutputLength(input.Length));
        try
        {
            var reader = new Utf8JsonReader(json.AsSpan(0, DictTranslator.Translate(input, json)));
            return ReadOrder(ref reader, out order);
        }
        // InvalidOperationException: a string that is no valid UTF-8 or UTF-16, which the reader finds only when it decodes it.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            order = null;
            return $"The order is neither JSON nor a Python-style dict; something like {{\"connid\": \"...\", \"EV\": \"...\"}} is "
                + $"expected, not '{Excerpt.WithoutDigits(input)}'.";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(json);
        }
    }

    private static string? ReadOrder(ref Utf8JsonReader reader, out PpvOrder? order)
    {
        order = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return "The order is not an object; something like {\"connid\": \"...\", \"EV\": \"...\"} is expected.";
        ConnectionId? connectionId = null;
        PpvCommand? command = null;
        var hasConnectionId = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isConnectionId = reader.ValueTextEquals("connid"u8);
            var kind = isConnectionId ? null : KindOf(ref reader);
            reader.Read();
            if (isConnectionId)
            {
                if (hasConnectionId) return "The order has more than one 'connid'; at most one is expected.";
                hasConnectionId = true;
                if (ReadConnectionId(ref reader, out connectionId) is { } error) return error;
            }
            else if (kind is { } known)
            {
                if (command is not null) return "The order has more than one command; exactly one of EV, EN and CONFIRM is expected.";
                if (ReadCommand(ref reader, known, out command) is { } error) return error;
            }
            else
            {
                reader.Skip();
            }
        }
        reader.Read();
        if (command is null) return "The order has no command; exactly one of EV, EN and CONFIRM is expected.";
        order = new PpvOrder(connectionId, command);
        return null;
    }

    private static PpvCommandKind? KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("EV"u8) ? PpvCommandKind.Event
        : reader.ValueTextEquals("EN"u8) ? PpvCommandKind.Subscriber
        : reader.ValueTextEquals("CONFIRM"u8) ? PpvCommandKind.Confirm
        : null;

    private static string? ReadConnectionId(ref Utf8JsonReader reader, out ConnectionId? connectionId)
    {
        connectionId = null;
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (TextOf(ref reader) is not { } text)
            return $"'connid' is not a string; 1 to {ConnectionId.MaxLength} hexadecimal digits are expected.";
        // Whose it is nobody says in an order: that is what its sender was let in as.
        return ConnectionId.TryParse(text, out connectionId) && connectionId.Owner is null
            ? null
            : $"'connid' is '{Excerpt.Of(text)}'; 1 to {ConnectionId.MaxLength} hexadecimal digits are expected.";
    }

    private static string? ReadCommand(ref Utf8JsonReader reader, PpvCommandKind kind, out PpvCommand? command)
    {
        command = null;
        var key = PpvCommand.KeyOf(kind);
        if (TextOf(ref reader) is not { } text) return $"'{key}' is neither a string nor an integer.";
        if (kind == PpvCommandKind.Confirm)
        {
            command = text == PpvCommand.ConfirmValue ? PpvCommand.Confirm : null;
            return command is null ? $"'CONFIRM' is '{Excerpt.Of(text)}'; only '{PpvCommand.ConfirmValue}' confirms." : null;
        }
        if (!PpvCommand.IsValidValue(text))
        {
            var shown = kind == PpvCommandKind.Subscriber ? SubscriberNumber.Masked(Excerpt.Of(text)) : Excerpt.Of(text);
            return $"'{key}' is '{shown}'; 1 to {PpvCommand.MaxValueLength} printable ASCII characters are expected, "
                + "without quotes, backslash, or a space at either end.";
        }
        command = kind == PpvCommandKind.Event ? PpvCommand.Event(text) : PpvCommand.Subscriber(text);
        return null;
    }

    /// <summary>The text of a string or of an integer as it was written; <see langword="null"/> for anything else.</summary>
    private static string? TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number when !reader.ValueSpan.ContainsAny(".eE"u8) => Encoding.ASCII.GetString(reader.ValueSpan),
        _ => null,
    };
}

/// <summary>What is true of any text that comes in.</summary>
internal static class Utf8Text
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> utf8) =>
        utf8.StartsWith(ByteOrderMark) ? utf8[ByteOrderMark.Length..] : utf8;
}
