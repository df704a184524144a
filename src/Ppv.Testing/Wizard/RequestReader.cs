using System.Buffers;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Testing.Wizard;

/// <summary>Finds the commands in what a client sent: the simulator's side of the wire. It takes the exact format only.</summary>
internal static class RequestReader
{
    /// <summary>The most bytes without a <c>\r</c> that are waited for; a command has 27.</summary>
    public const int MaxLength = 1024;

    private const int PayloadStart = 1 + LineDigits.Length;

    /// <summary>Takes the bytes up to the next <c>\r</c>, which is part of them.</summary>
    public static bool TryReadFrame(ref ReadOnlySequence<byte> received, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (received.PositionOf((byte)'\r') is not { } end) return false;
        var next = received.GetPosition(1, end);
        frame = received.Slice(0, next);
        received = received.Slice(next);
        return true;
    }

    /// <summary>
    /// What a frame says. The line is <c>default</c> when none can be read, the command <see langword="null"/> when it is none.
    /// </summary>
    public static PpvCommand? Parse(ReadOnlySpan<byte> frame, out LineNumber line)
    {
        line = default;
        if (frame.Length <= PayloadStart || frame[0] != 'A' || !LineDigits.TryRead(frame.Slice(1, LineDigits.Length), out line))
            return null;
        var payload = frame[PayloadStart..^1];
        if (payload.SequenceEqual("UP"u8)) return PpvCommand.Confirm;
        if (payload.Length != RequestWriter.PayloadLength) return null;
        Span<char> value = stackalloc char[PpvCommand.MaxValueLength];
        for (var i = 0; i < value.Length; i++) value[i] = (char)payload[i + 2];
        value = value.TrimEnd(' ');
        if (!PpvCommand.IsValidValue(value)) return null;
        return payload.StartsWith("EV"u8) ? PpvCommand.Event(value.ToString())
            : payload.StartsWith("EN"u8) ? PpvCommand.Subscriber(value.ToString())
            : null;
    }
}
