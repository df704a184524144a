using System.Buffers;
using System.Text;

namespace Ppv.Protocol.Wizard.Codec;

/// <summary>A command as bytes: <c>A</c>, three digits, the payload, <c>\r</c> (contract §3). The confirm is bare, the others are padded.</summary>
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
        var key = Encoding.ASCII.GetBytes(OrderJson.KeyOf(command.Kind), payload);
        Encoding.ASCII.GetBytes(command.Value, payload[key..]);
        return PayloadLength;
    }
}
