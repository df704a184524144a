using System.Buffers;
using Ppv.Protocol.Tests.Support;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Protocol.Tests.Wizard;

public sealed class RequestWriterTests
{
    [Fact]
    public void The_logged_commands_have_exactly_the_logged_bytes()
    {
        var line = new LineNumber(16);
        Written(line, PpvCommand.Event("262193")).ShouldBe("A016EV262193              \r");
        Written(line, PpvCommand.Subscriber("85165320")).ShouldBe("A016EN85165320            \r");
        Written(line, PpvCommand.Confirm).ShouldBe("A016UP\r");
        Written(new LineNumber(1), PpvCommand.Event("12345678901234567890")).ShouldBe("A001EV12345678901234567890\r");
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        var output = new ArrayBufferWriter<byte>(256);
        var command = PpvCommand.Event("262193");
        Allocations.Of(() =>
        {
            output.ResetWrittenCount();
            RequestWriter.Write(output, new LineNumber(16), command);
            RequestWriter.Write(output, new LineNumber(16), PpvCommand.Confirm);
        }).ShouldBe(0);
    }

    private static string Written(LineNumber line, PpvCommand command)
    {
        var output = new ArrayBufferWriter<byte>();
        RequestWriter.Write(output, line, command);
        return Bytes.Text(output.WrittenSpan);
    }
}
