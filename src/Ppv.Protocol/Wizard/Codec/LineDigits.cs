namespace Ppv.Protocol.Wizard.Codec;

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
