using System.Buffers;
using System.Text;

namespace Ppv.Protocol.Wizard.Codec;

/// <summary>
/// A command as bytes: <c>A</c>, three digits, the payload, <c>\r</c> (contract §3). The confirm is bare, the others are padded.
/// </summary>
internal static class RequestWriter
{
    public const int PayloadLength = 22;
    public const int MaxLength = 1 + LineDigits.Length + PayloadLength + 1;

    public static void Write(IBufferWriter<byte> output, LineNumber line, PpvCommand command)
    {
        var bytes = output.GetSpan(MaxLength);
        bytes[0] = (byte)'A';
        LineDigits.Write(bytes[1..], line);
        var payload = bytes.Slice(1 + LineDigits.Length, PayloadLength);
        var length = command.Kind == PpvCommandKind.Confirm ? WriteConfirm(payload) : WritePadded(payload, command);
        bytes[1 + LineDigits.Length + length] = (byte)'\r';
        output.Advance(1 + LineDigits.Length + length + 1);
    }

    private static int WriteConfirm(Span<byte> payload) => Encoding.ASCII.GetBytes(PpvCommand.ConfirmValue, payload);

    private static int WritePadded(Span<byte> payload, PpvCommand command)
    {
        payload.Fill((byte)' ');
        var key = Encoding.ASCII.GetBytes(command.Key, payload);
        Encoding.ASCII.GetBytes(command.Value, payload[key..]);
        return PayloadLength;
    }
}

/// <summary>The three digits of a line on the wire.</summary>
internal static class LineDigits
{
    public const int Length = 3;

    public static void Write(Span<byte> output, LineNumber line)
    {
        var value = line.Value;
        for (var i = Length - 1; i >= 0; i--, value /= 10)
            output[i] = (byte)('0' + value % 10);
    }

    /// <summary>Whether three digits name a line; 000 does not.</summary>
    public static bool TryRead(ReadOnlySpan<byte> digits, out LineNumber line)
    {
        line = default;
        var value = 0;
        foreach (var digit in digits[..Length])
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (digit - '0');
        }
        if (value < LineNumber.Min) return false;
        line = new LineNumber(value);
        return true;
    }
}
