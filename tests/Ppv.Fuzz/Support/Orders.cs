using System.Buffers;
using System.Text;
using Ppv.Fuzz.Engine;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Fuzz.Support;

/// <summary>What must be true of every order that was taken, and of every refusal.</summary>
internal static class Orders
{
    public static readonly IReadOnlyList<string> Dictionary =
    [
        "connid", "EV", "EN", "CONFIRM", "UP", "None", "True", "False", "content", "'", "\"", "\\'", "\\\"", "\\u0041", "\\ud800",
        "\\u000d", "{", "}", ":", ",", "[", "]", "{'connid':'0127032d64a94732','EV':'1569885'}", "\"content\": ", "'CONFIRM':'UP'",
        "A017UP\r", "\ufeff", "1569885", "0127032d64a94732",
    ];

    private const int LongestMessage = 400, PaddedLength = 27, ConfirmLength = 7;

    /// <summary>It reads the same again from each of our forms, and becomes a frame for Wizard.</summary>
    public static void Accepted(PpvOrder order, Watch watch)
    {
        watch.Saw($"order {order.Command.Key} {order.ConnectionId is not null}");
        foreach (var style in (OrderJsonStyle[])[OrderJsonStyle.Json, OrderJsonStyle.Python])
        {
            Watch.Ensure(OrderJson.TryRead(OrderJson.ToBytes(order, style), out var again, out _) && AreSame(order, again),
                $"An order is read the same again from the message in style {style}.");
            Watch.Ensure(OrderJson.TryReadRequest(OrderJson.ToRequestBytes(order, style), out again, out _) && AreSame(order, again),
                $"An order is read the same again from the request in style {style}.");
        }

        Framed(order.Command, new LineNumber(LineNumber.Min));
        Framed(order.Command, new LineNumber(LineNumber.Max));
    }

    /// <summary>A refusal says why, in a sentence that may be logged.</summary>
    public static void Refused(string? error, Watch watch)
    {
        Watch.Ensure(!string.IsNullOrWhiteSpace(error), "A refusal says why.");
        Watch.Ensure(Watch.IsOneLine(error!), $"A refusal is one line of printable text: {Watch.Visible(error!)}");
        Watch.Ensure(error!.Length <= LongestMessage, $"A refusal is short: {error}");
        watch.Saw($"refusal {error}");
    }

    /// <summary>What goes to Wizard has exactly its form: 26 printable bytes, or 6 for a confirm, and the return.</summary>
    public static void Framed(PpvCommand command, LineNumber line)
    {
        var output = new ArrayBufferWriter<byte>();
        RequestWriter.Write(output, line, command);
        Framed(output.WrittenSpan, command.Kind == PpvCommandKind.Confirm, line.Value);
    }

    /// <inheritdoc cref="Framed(PpvCommand, LineNumber)"/>
    public static void Framed(ReadOnlySpan<byte> bytes, bool isConfirm, int line)
    {
        var text = Watch.Visible(Encoding.Latin1.GetString(bytes));
        Watch.Ensure(bytes.Length == (isConfirm ? ConfirmLength : PaddedLength), $"A command has the length of its kind: {text}");
        Watch.Ensure(bytes[^1] == '\r' && !bytes[..^1].ContainsAnyExceptInRange((byte)' ', (byte)'~'),
            $"A command is printable up to its end: {text}");
        var begin = $"A{line:000}{(isConfirm ? "UP" : "E")}";
        Watch.Ensure(text.StartsWith(begin, StringComparison.Ordinal), $"A command names its line: {text}");
    }

    private static bool AreSame(PpvOrder one, PpvOrder? other) =>
        other is not null && one.Command == other.Command && one.ConnectionId?.ToString() == other.ConnectionId?.ToString();
}
