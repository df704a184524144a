using System.Globalization;
using System.Text;

namespace Ppv.Fuzz.Engine;

/// <summary>Makes new inputs of known ones. The same seed makes the same.</summary>
/// <param name="random">Its choices.</param>
/// <param name="dictionary">Pieces that mean something to the target.</param>
/// <param name="maxLength">The longest input.</param>
internal sealed class Mutator(Random random, IReadOnlyList<string> dictionary, int maxLength)
{
    private static readonly byte[] Bytes = [0, 9, 10, 13, 27, 32, 34, 39, 44, 48, 58, 92, 123, 125, 127, 128, 133, 192, 237, 255];

    /// <summary>Where counting goes wrong.</summary>
    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "-0", "999", "1000", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775807",
        "-9223372036854775808", "18446744073709551616", "1e400", "1E-400", "253402300799999", "253402300800000", "-62135596800001", "0x10",
        "00", "1_0", "NaN",
    ];

    /// <summary>What may stand in a value's place, in JSON and in a dict.</summary>
    private static readonly string[] Values =
    [
        "null", "None", "true", "[]", "{}", "[null]", "{\"\":null}", "\"\"", "''", "\"\\ud800\"", "\"\\u0000\"", "\"\\n\"", "\"\\u2028\"",
        "\"\\u001b[2J\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00Z\"", "\"10675199.02:48:05.4775807\"",
        "\"-10675199.02:48:05.4775808\"",
    ];

    /// <summary>What no text should be able to do to a line.</summary>
    private static readonly string[] Hostile =
        ["\n", "\r\n", "\0", "\u001b[31m", "\u0085", "\u2028", "\u202e", "\ufeff", "é", "\ud83d\ude00", "%s", "{0}", "' OR 1=1 --"];

    private static readonly byte[][] Tokens = [.. Numbers.Concat(Values).Concat(Hostile).Select(Encoding.UTF8.GetBytes)];

    private readonly byte[][] _dictionary = [.. dictionary.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Changes an input in one way or some, perhaps with a piece of another one.</summary>
    public byte[] Change(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var left = 1 + (random.Next(3) == 0 ? random.Next(8) : random.Next(2)); left > 0; left--) ChangeOnce(bytes, other);
        if (bytes.Count > maxLength) bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private void ChangeOnce(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var length = LengthFrom(bytes, at);
        switch (random.Next(16))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = Any(Bytes);
                break;
            case 3:
                bytes.Insert(at, Any(Bytes));
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                Repeat(bytes, at, length, random.Next(1, 5));
                break;
            case 7 when random.Next(8) == 0:
                Repeat(bytes, at, Math.Max(length, 1), maxLength);
                break;
            case 8 when other.Length > 0:
                Splice(bytes, at, length, other);
                break;
            case 9 or 10:
                Put(bytes, at, 0, Token());
                break;
            case 11:
                Put(bytes, at, length, Token());
                break;
            case 12:
                PutNumber(bytes, at);
                break;
            case 13 or 14:
                PutValue(bytes, at);
                break;
            default:
                MoveLine(bytes, at);
                break;
        }
    }

    private int LengthFrom(List<byte> bytes, int at) =>
        Math.Min(random.Next(4) == 0 ? random.Next(bytes.Count + 1) : random.Next(9), bytes.Count - at);

    private byte[] Token() => _dictionary.Length > 0 && random.Next(4) > 0 ? Any(_dictionary) : Any(Tokens);

    private void Splice(List<byte> bytes, int at, int length, byte[] other)
    {
        var from = random.Next(other.Length);
        Put(bytes, at, length, other[from..(from + random.Next(other.Length - from) + 1)]);
    }

    private void Repeat(List<byte> bytes, int at, int length, int times)
    {
        if (length == 0 || at + length > bytes.Count) return;
        var piece = bytes.GetRange(at, length).ToArray();
        times = Math.Min(times, (maxLength - Math.Min(maxLength, bytes.Count)) / length + 1);
        var copies = new byte[times * length];
        for (var i = 0; i < times; i++) piece.CopyTo(copies, i * length);
        bytes.InsertRange(at, copies);
    }

    /// <summary>The number at or behind a place becomes another one.</summary>
    private void PutNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, static b => char.IsAsciiDigit((char)b));
        if (start < 0) return;
        var end = start;
        while (end < bytes.Count && char.IsAsciiDigit((char)bytes[end])) end++;
        var number = Encoding.ASCII.GetString([.. bytes.GetRange(start, end - start)]);
        var text = random.Next(2) == 0 && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? (value + random.Next(-2, 3)).ToString(CultureInfo.InvariantCulture)
            : Any(Numbers);
        Put(bytes, start, end - start, Encoding.ASCII.GetBytes(text));
    }

    /// <summary>What follows the next colon, comma, equals sign or bracket becomes another value.</summary>
    private void PutValue(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, static b => b is (byte)':' or (byte)',' or (byte)'=' or (byte)'[') + 1;
        if (start == 0) return;
        var end = start;
        for (var depth = 0; end < bytes.Count; end++)
        {
            if (bytes[end] is (byte)'{' or (byte)'[') depth++;
            if (bytes[end] is (byte)'}' or (byte)']' or (byte)',' or (byte)'\n' && depth-- <= 0) break;
        }

        Put(bytes, start, end - start, random.Next(3) == 0 ? Token() : Encoding.UTF8.GetBytes(Any(Values)));
    }

    private void MoveLine(List<byte> bytes, int at)
    {
        var end = bytes.IndexOf((byte)'\n', Math.Min(at, Math.Max(bytes.Count - 1, 0)));
        if (end < 0) return;
        var start = bytes.LastIndexOf((byte)'\n', Math.Max(end - 1, 0)) + 1;
        if (start > end) return;
        var line = bytes.GetRange(start, end - start + 1);
        if (random.Next(2) == 0) bytes.RemoveRange(start, line.Count);
        bytes.InsertRange(random.Next(bytes.Count + 1), line);
    }

    private static void Put(List<byte> bytes, int at, int length, byte[] piece)
    {
        bytes.RemoveRange(at, length);
        bytes.InsertRange(at, piece);
    }

    private T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
