using System.Buffers;
using CsCheck;
using Ppv.Protocol.Tests.Support;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Protocol.Tests.Wizard;

public sealed class ReplyReaderTests
{
    private static readonly LineNumber Line = new(16);

    [Theory]
    [InlineData("H016OK\r", "OK")]
    [InlineData("H016\r", "")]
    [InlineData("H016ER 12, no such event\r", "ER 12, no such event")]
    [InlineData("H016\u00e9\u0080\u00ff~\r", "???~")]
    public void An_answer_is_read_at_every_split_point(string frame, string text)
    {
        var bytes = Bytes.Of(frame);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
                Read(Bytes.Split(bytes, first, second)).ShouldBe((ReplyStatus.Complete, text, bytes.Length));
        }
    }

    [Fact]
    public void The_beginning_of_an_answer_needs_more()
    {
        var bytes = Bytes.Of("H016OK");
        for (var length = 0; length <= bytes.Length; length++)
            Read(new ReadOnlySequence<byte>(bytes, 0, length)).Status.ShouldBe(ReplyStatus.NeedsMore);
    }

    [Fact]
    public void What_follows_an_answer_is_not_part_of_it() =>
        Read(new ReadOnlySequence<byte>(Bytes.Of("H016OK\rH016NO\r"))).ShouldBe((ReplyStatus.Complete, "OK", 7));

    [Theory]
    [InlineData("X", ReplyStatus.Malformed)]
    [InlineData("\r", ReplyStatus.Malformed)]
    [InlineData("H\r", ReplyStatus.Malformed)]
    [InlineData("H01\r", ReplyStatus.Malformed)]
    [InlineData("H0x", ReplyStatus.Malformed)]
    [InlineData("h016OK\r", ReplyStatus.Malformed)]
    [InlineData("H016O\u007f", ReplyStatus.Malformed)]
    [InlineData("H016O\u001f", ReplyStatus.Malformed)]
    [InlineData("H016O\nK\r", ReplyStatus.Malformed)]
    [InlineData("H016\0", ReplyStatus.Malformed)]
    [InlineData("H017", ReplyStatus.WrongLine)]
    [InlineData("H017OK\r", ReplyStatus.WrongLine)]
    [InlineData("H000OK\r", ReplyStatus.WrongLine)]
    public void What_is_wrong_is_seen_at_its_first_wrong_byte(string received, object status) =>
        Read(new ReadOnlySequence<byte>(Bytes.Of(received))).Status.ShouldBe((ReplyStatus)status);

    [Fact]
    public void An_answer_has_at_most_1024_bytes()
    {
        var longest = Bytes.Of("H016" + new string('x', 1019) + "\r");
        Read(new ReadOnlySequence<byte>(longest)).ShouldBe((ReplyStatus.Complete, new string('x', 1019), 1024));
        Read(new ReadOnlySequence<byte>(longest, 0, 1023)).Status.ShouldBe(ReplyStatus.NeedsMore);
        var tooLong = Bytes.Of("H016" + new string('x', 1020) + "\r");
        Read(new ReadOnlySequence<byte>(tooLong, 0, 1024)).Status.ShouldBe(ReplyStatus.TooLong);
        Read(new ReadOnlySequence<byte>(tooLong)).Status.ShouldBe(ReplyStatus.TooLong);
    }

    [Fact]
    public void No_bytes_make_it_throw_or_bring_a_control_character() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Bool, Gen.Bool).Sample((tail, isFramed, isPlain) =>
        {
            if (isPlain) tail = [.. tail.Select(value => (byte)(value | 0x20))];
            var received = new ReadOnlySequence<byte>(isFramed ? [.. "H016"u8, .. tail, (byte)'\r'] : tail);
            var (status, text, _) = Read(received);
            (text is not null).ShouldBe(status == ReplyStatus.Complete);
            text.AsSpan().ContainsAnyExceptInRange(' ', '~').ShouldBeFalse(text);
        }, iter: 20_000);

    [Fact]
    public void Reading_OK_allocates_nothing()
    {
        var received = Bytes.Split(Bytes.Of("H016OK\r"), 3);
        Allocations.Of(() => ReplyReader.Read(received, Line, out _, out _)).ShouldBe(0);
    }

    private static (ReplyStatus Status, string? Text, int Length) Read(ReadOnlySequence<byte> received) =>
        (ReplyReader.Read(received, Line, out var text, out var length), text, length);
}
