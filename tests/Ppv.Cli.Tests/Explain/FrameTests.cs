using System.Buffers;
using System.Text;
using System.Text.Json;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;
using Ppv.Samples.Cli.Explain;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

public sealed class FrameTests
{
    [Theory]
    [InlineData("A016EV262193              \\r", "A request on line 016: the event is 262193.")]
    [InlineData("A016EN85165320            \\r", "A request on line 016: the subscriber is 85165320.")]
    [InlineData("A016EVa b                 \\r", "A request on line 016: the event is a b.")]
    [InlineData("A016UP\\r", "A request on line 016: buy.")]
    [InlineData("H016OK\\r", "Wizard's answer on line 016: OK.")]
    [InlineData("H029NO CREDIT\\x0d", "Wizard's answer on line 029: NO CREDIT.")]
    public void A_good_frame_is_told_in_a_sentence(string frame, string summary)
    {
        var explanation = FrameReader.Explain(FrameText.FromEscapes(frame));
        explanation.Problems.ShouldBeEmpty();
        explanation.Summary.ShouldBe(summary);
    }

    [Theory]
    [InlineData("B016UP\\r", 0, "begins with A")]
    [InlineData("", 0, "begins with A")]
    [InlineData("A000UP\\r", 1, "001 to 999")]
    [InlineData("A0x6UP\\r", 2, "three digits")]
    [InlineData("A01\\r", 3, "three digits")]
    [InlineData("A016UQ\\r", 4, "EV (the event), EN (the subscriber) or UP")]
    [InlineData("A016CONFIRM\\r", 4, "EV (the event), EN (the subscriber) or UP")]
    [InlineData("A016UP                    \\r", 6, "bare")]
    [InlineData("A016EV262193\\r", 12, "14 spaces are missing")]
    [InlineData("A016EV262193                \\r", 26, "2 spaces are too many")]
    [InlineData("A016EV123456789012345678901\\r", 26, "room for 20")]
    [InlineData("A016EV26'193              \\r", 8, "no quotes")]
    [InlineData("A016EV 62193              \\r", 6, "begins with a space")]
    [InlineData("A016EV                    \\r", 6, "missing")]
    [InlineData("A016UP", 6, "no \\r")]
    [InlineData("A016EV1                   \\rA017UP\\r", 27, "Bytes follow")]
    [InlineData("H016O\\tK\\r", 5, "control characters")]
    [InlineData("H016OK", 6, "no \\r")]
    public void What_is_wrong_is_named_at_its_byte(string frame, int offset, string told)
    {
        var explanation = FrameReader.Explain(FrameText.FromEscapes(frame));
        explanation.Problems.ShouldContain(problem => problem.Offset == offset && problem.Text.Contains(told),
            string.Join('\n', explanation.Problems));
    }

    /// <summary>Frames of both kinds, each with up to two bytes changed, taken away or put in: the codec is the judge.</summary>
    [Fact]
    public void Nothing_is_wrong_with_exactly_the_frames_that_the_codec_writes_and_takes()
    {
        const int seed = 20261126;
        var random = new Random(seed);
        var (good, bad) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var frame = Mutated(random, Written(random));
            var explanation = FrameReader.Explain(frame);
            string.Concat(explanation.Parts.Select(part => part.Text)).ShouldBe(FrameText.Show(frame));
            var isGood = frame is [(byte)'H', ..] ? IsTaken(frame) : IsWritten(frame);
            (explanation.Problems.Count == 0).ShouldBe(isGood, $"{FrameText.Show(frame)}: {string.Join(' ', explanation.Problems)}");
            _ = isGood ? good++ : bad++;
        }

        good.ShouldBeGreaterThan(1000);
        bad.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task Hexadecimal_bytes_are_the_same_frame()
    {
        var hex = await InProcess.RunAsync("frame", "--hex", "41 30 31 36 55 50 0D");
        hex.ExitCode.ShouldBe(ExitCodes.Ok);
        hex.Output.ShouldBe((await InProcess.RunAsync("frame", "A016UP\\r")).Output);
    }

    [Fact]
    public async Task A_wrong_frame_ends_with_1_also_as_JSON()
    {
        var run = await InProcess.RunAsync("frame", "A016EV1\\r", "--json");
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        using var json = JsonDocument.Parse(run.Output);
        json.RootElement.GetProperty("kind").GetString().ShouldBe("request");
        json.RootElement.GetProperty("problems")[0].GetProperty("offset").GetInt32().ShouldBe(7);
    }

    [Theory]
    [InlineData("begins no escape", "A016UP\\q")]
    [InlineData("--hex takes", "--hex", "4g")]
    public async Task What_is_no_frame_at_all_is_told_in_a_sentence(string told, params string[] arguments)
    {
        var run = await InProcess.RunAsync(["frame", .. arguments]);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
    }

    [Fact]
    public async Task It_runs_with_pipes_and_on_a_terminal()
    {
        (await Tool.RunAsync("frame", "A016UP\\r")).Output.ShouldContain("Nothing is wrong");
        var shown = await Tool.RunOnTerminalAsync(null, "frame", "A016UP\\r");
        shown.ExitCode.ShouldBe(ExitCodes.Ok);
        shown.Output.ShouldContain("Nothing is wrong");
    }

    private static byte[] Written(Random random)
    {
        var line = new LineNumber(random.Next(1, 1000));
        var number = string.Concat(Enumerable.Range(0, random.Next(1, 21)).Select(_ => (char)random.Next('0', '9' + 1)));
        if (random.Next(2) == 0) return Encoding.ASCII.GetBytes($"H{line}{(random.Next(2) == 0 ? "OK" : number)}\r");
        var output = new ArrayBufferWriter<byte>();
        RequestWriter.Write(output, line, random.Next(3) switch
        {
            0 => PpvCommand.Event(number),
            1 => PpvCommand.Subscriber(number),
            _ => PpvCommand.Confirm,
        });
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Mutated(Random random, byte[] frame)
    {
        var bytes = frame.ToList();
        byte[] likely = [(byte)'\r', (byte)' ', (byte)'A', (byte)'H', (byte)'0', (byte)'U', (byte)'P', (byte)'\'', 7, 200];
        for (var changes = random.Next(3); changes > 0 && bytes.Count > 0; changes--)
        {
            var (at, value) = (random.Next(bytes.Count), likely[random.Next(likely.Length)]);
            if (random.Next(3) == 0) bytes.RemoveAt(at);
            else if (random.Next(2) == 0) bytes.Insert(at, value);
            else bytes[at] = value;
        }

        return [.. bytes];
    }

    private static bool IsTaken(byte[] frame) =>
        frame.Length > 3 && LineDigits.TryRead(frame.AsSpan(1, LineDigits.Length), out var line)
        && ReplyReader.Read(new ReadOnlySequence<byte>(frame), line, out _, out var length) == ReplyStatus.Complete
        && length == frame.Length;

    private static bool IsWritten(byte[] frame)
    {
        if (frame.Length < 7 || !LineDigits.TryRead(frame.AsSpan(1, LineDigits.Length), out var line)) return false;
        var payload = Encoding.Latin1.GetString(frame.AsSpan(4, frame.Length - 5));
        var value = payload.Length > 2 ? payload[2..].TrimEnd(' ') : "";
        var command = payload switch
        {
            "UP" => PpvCommand.Confirm,
            ['E', 'V', ..] when PpvCommand.IsValidValue(value) => PpvCommand.Event(value),
            ['E', 'N', ..] when PpvCommand.IsValidValue(value) => PpvCommand.Subscriber(value),
            _ => (PpvCommand?)null,
        };
        if (command is null) return false;
        var output = new ArrayBufferWriter<byte>();
        RequestWriter.Write(output, line, command);
        return output.WrittenSpan.SequenceEqual(frame);
    }
}
