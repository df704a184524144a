using System.Globalization;
using System.Text;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Samples.Cli.Explain;

/// <summary>
/// Takes a frame apart as far as it goes, where the codec stops at the first wrong byte. Tests hold the two together: nothing is wrong with
/// exactly those frames that <see cref="RequestWriter"/> writes and <see cref="ReplyReader"/> takes.
/// </summary>
internal sealed class FrameReader
{
    private const int PayloadStart = 1 + LineDigits.Length;

    private readonly byte[] _bytes;
    private readonly List<FramePart> _parts = [];
    private readonly List<FrameProblem> _problems = [];

    private FrameReader(byte[] bytes) => _bytes = bytes;

    public static FrameExplanation Explain(byte[] bytes) => new FrameReader(bytes).Explain();

    private FrameExplanation Explain()
    {
        var kind = _bytes is [] ? FrameKind.Neither : (char)_bytes[0] switch
        {
            'A' => FrameKind.Request,
            'H' => FrameKind.Answer,
            _ => FrameKind.Neither,
        };
        if (kind == FrameKind.Neither)
        {
            if (_bytes.Length > 0) Part(0, _bytes.Length, "neither a request nor an answer");
            Wrong(0, "A frame begins with A, when it is a request, or with H, when it is Wizard's answer.");
            return Result(kind, "This is no frame of Wizard's.");
        }

        Part(0, 1, kind == FrameKind.Request ? "a request to Wizard" : "Wizard's answer");
        var line = ReadLine();
        var end = Array.IndexOf(_bytes, (byte)'\r');
        var payload = Slice(PayloadStart, end < 0 ? _bytes.Length : end);
        var what = kind == FrameKind.Request ? ReadCommand(payload) : ReadAnswer(payload);
        ReadEnd(kind, end);
        return Result(kind, kind == FrameKind.Request ? $"A request on line {line}: {what}." : $"Wizard's answer on line {line}: {what}.");
    }

    private string ReadLine()
    {
        // Digits that are missing leave their places to whatever follows, which is then no digit either.
        var end = Array.IndexOf(_bytes, (byte)'\r');
        var digits = Slice(1, Math.Min(PayloadStart, end < 0 ? _bytes.Length : end));
        var text = FrameText.Show(digits);
        if (digits.Length == LineDigits.Length && LineDigits.TryRead(digits, out var line))
        {
            Part(1, digits.Length, $"line {line}");
            return line.ToString();
        }

        if (digits.Length > 0) Part(1, digits.Length, "no line");
        var bad = digits.ToArray().TakeWhile(value => char.IsAsciiDigit((char)value)).Count();
        Wrong(1 + (bad == LineDigits.Length ? 0 : bad), $"A line has three digits, 001 to 999, and here is '{text}'.");
        return "?";
    }

    private string ReadCommand(ReadOnlySpan<byte> payload)
    {
        var text = Encoding.Latin1.GetString(payload);
        if (text.StartsWith(PpvCommand.ConfirmValue, StringComparison.Ordinal)) return ReadConfirm(text);
        var key = text[..Math.Min(2, text.Length)];
        if (key is not ("EV" or "EN"))
        {
            if (payload.Length > 0) Part(PayloadStart, payload.Length, "no command");
            Wrong(PayloadStart, "A request's command is EV (the event), EN (the subscriber) or UP (buy).");
            return "no command that Wizard knows";
        }

        Part(PayloadStart, key.Length, key == "EV" ? "the event's number follows" : "the subscriber's number follows");
        var value = text[2..].TrimEnd(' ');
        var valueStart = PayloadStart + key.Length;
        if (value.Length > 0) Part(valueStart, value.Length, key == "EV" ? "the event's number" : "the subscriber's number");
        var pad = text.Length - key.Length - value.Length;
        if (pad > 0) Part(valueStart + value.Length, pad, string.Create(CultureInfo.InvariantCulture,
            $"{pad} spaces that fill the command up to {RequestWriter.PayloadLength} characters"));
        CheckValue(value, valueStart);
        CheckPad(text, value, valueStart);
        return $"{(key == "EV" ? "the event is" : "the subscriber is")} {FrameText.Show(Encoding.Latin1.GetBytes(value))}";
    }

    private string ReadConfirm(string text)
    {
        Part(PayloadStart, 2, "buy what EV and EN of this line named");
        if (text.Length > 2)
        {
            Part(PayloadStart + 2, text.Length - 2, "too much");
            Wrong(PayloadStart + 2, "A confirm is bare: after UP comes \\r at once, and nothing fills it up.");
        }

        return "buy";
    }

    private void CheckValue(string value, int start)
    {
        if (value.Length == 0) Wrong(start, "The number is missing.");
        if (value.Length > PpvCommand.MaxValueLength)
            Wrong(start + PpvCommand.MaxValueLength, string.Create(CultureInfo.InvariantCulture,
                $"The number has {value.Length} characters, and there is room for {PpvCommand.MaxValueLength}."));
        if (value.StartsWith(' ')) Wrong(start, "The number begins with a space: it stands right behind the command.");
        for (var at = 0; at < value.Length; at++)
        {
            if (PpvCommand.IsValidValue(value[at].ToString()) || value[at] == ' ') continue;
            Wrong(start + at, "A number takes printable ASCII characters, no quotes and no backslash.");
            break;
        }
    }

    private void CheckPad(string payload, string value, int valueStart)
    {
        if (payload.Length < RequestWriter.PayloadLength)
            Wrong(PayloadStart + payload.Length, string.Create(CultureInfo.InvariantCulture,
                $"{RequestWriter.PayloadLength - payload.Length} spaces are missing: command and number are filled up to "
                    + $"{RequestWriter.PayloadLength} characters, and here are {payload.Length}."));
        else if (payload.Length > RequestWriter.PayloadLength && value.Length <= PpvCommand.MaxValueLength)
            Wrong(valueStart + PpvCommand.MaxValueLength, string.Create(CultureInfo.InvariantCulture,
                $"{payload.Length - RequestWriter.PayloadLength} spaces are too many: command and number are filled up to "
                    + $"{RequestWriter.PayloadLength} characters, and here are {payload.Length}."));
    }

    private string ReadAnswer(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > 0) Part(PayloadStart, payload.Length, payload.SequenceEqual("OK"u8) ? "yes" : "what Wizard says");
        var control = payload.ToArray().TakeWhile(value => value is >= 0x20 and not 0x7F).Count();
        if (control < payload.Length) Wrong(PayloadStart + control, "An answer's text has no control characters.");
        return payload.Length == 0 ? "an empty text" : FrameText.Show(payload);
    }

    private void ReadEnd(FrameKind kind, int end)
    {
        if (end < 0)
        {
            Wrong(_bytes.Length, kind == FrameKind.Request
                ? "There is no \\r at the end: Wizard goes on waiting for it."
                : "There is no \\r at the end: the worker goes on waiting for it.");
        }
        else
        {
            Part(end, 1, "the end");
            if (end + 1 < _bytes.Length)
            {
                Part(end + 1, _bytes.Length - end - 1, "another frame, or rubbish");
                Wrong(end + 1, "Bytes follow behind the end: one frame is one command, or one answer.");
            }
        }

        if (kind == FrameKind.Answer && (end < 0 ? _bytes.Length : end + 1) > ReplyReader.MaxLength)
            Wrong(ReplyReader.MaxLength, string.Create(CultureInfo.InvariantCulture,
                $"An answer has {ReplyReader.MaxLength} bytes at most."));
    }

    private ReadOnlySpan<byte> Slice(int start, int end) => end > start ? _bytes.AsSpan(start, end - start) : [];

    private void Part(int offset, int length, string meaning)
    {
        var bytes = _bytes.AsSpan(offset, length);
        _parts.Add(new FramePart(offset, length, FrameText.Hex(bytes), FrameText.Show(bytes), meaning));
    }

    private void Wrong(int offset, string text) => _problems.Add(new FrameProblem(offset, text));

    private FrameExplanation Result(FrameKind kind, string summary) =>
        new(kind, summary, _parts, [.. _problems.OrderBy(problem => problem.Offset)]);
}
