using System.Buffers;
using CsCheck;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Protocol.Wizard.Codec;
using Ppv.Testing.Wizard;

namespace Ppv.Testing.Tests.Wizard;

public sealed class RequestReaderTests
{
    [Fact]
    public void What_is_written_is_read_back_at_every_split_point() =>
        Gen.Select(Generators.LineNumbers, Generators.Commands).Sample((line, command) =>
        {
            var bytes = Bytes.Of(Written(line, command));
            for (var cut = 0; cut <= bytes.Length; cut++)
            {
                var received = Bytes.Split(bytes, cut);
                RequestReader.TryReadFrame(ref received, out var frame).ShouldBeTrue();
                RequestReader.Parse(frame.ToArray(), out var readLine).ShouldBe(command);
                (readLine, received.Length).ShouldBe((line, 0));
            }
            for (var length = 0; length < bytes.Length; length++)
            {
                var part = new ReadOnlySequence<byte>(bytes, 0, length);
                RequestReader.TryReadFrame(ref part, out _).ShouldBeFalse();
            }
        }, iter: 300);

    [Theory]
    [InlineData("\r")]
    [InlineData("A016\r")]
    [InlineData("A016UP \r")]
    [InlineData("A016up\r")]
    [InlineData("A000UP\r")]
    [InlineData("A16UP\r")]
    [InlineData("B016UP\r")]
    [InlineData("A016EV262193\r")]
    [InlineData("A016EV                    \r")]
    [InlineData("A016EX262193              \r")]
    [InlineData("A016EV262193               \r")]
    [InlineData("A016EV\u0001                   \r")]
    public void What_is_no_command_is_not_taken_for_one(string frame) =>
        RequestReader.Parse(Bytes.Of(frame), out _).ShouldBeNull();

    [Fact]
    public void No_bytes_make_the_reader_throw() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            var received = new ReadOnlySequence<byte>([.. bytes, (byte)'\r']);
            while (RequestReader.TryReadFrame(ref received, out var frame)) RequestReader.Parse(frame.ToArray(), out _);
            received.IsEmpty.ShouldBeTrue();
        });

    private static string Written(LineNumber line, PpvCommand command)
    {
        var output = new ArrayBufferWriter<byte>();
        RequestWriter.Write(output, line, command);
        return Bytes.Text(output.WrittenSpan);
    }
}
