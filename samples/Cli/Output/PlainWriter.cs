using System.Text;
using Ppv.Protocol.Text;

namespace Ppv.Samples.Cli.Output;

/// <summary>Standard error: complaints quote whom they are about, and on a terminal nobody may move the cursor by that.</summary>
internal sealed class PlainWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value is '\n' or '\r' || !char.IsControl(value) ? value : '?');

    public override void Write(string? value) => inner.Write(value is null ? null : Lines(value));

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : Lines(value));

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(value is null ? null : Lines(value));

    public override void Flush() => inner.Flush();

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line =>
        line.EndsWith('\r') ? PlainText.Of(line[..^1]) + '\r' : PlainText.Of(line)));
}
