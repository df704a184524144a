using System.Globalization;
using System.Text;
using Ppv.Testing;

namespace Ppv.Samples.Simulator;

/// <summary>Writes what happens to the console and, where asked for, to a file: one line for each request.</summary>
internal sealed class SimulatorLog(TextWriter console, TextWriter? file, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();

    public void Write(string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{timeProvider.GetLocalNow():yyyy-MM-dd HH:mm:ss.fff} {text}");
        lock (_lock)
        {
            console.WriteLine(line);
            file?.WriteLine(line);
        }
    }

    public void Write(WizardSimulatorAnswer answer)
    {
        var reply = answer.Bytes.IsEmpty ? "(no answer)" : Printable(answer.Bytes.Span);
        Write($"{Printable(answer.Request.Raw.Span)} -> {reply}");
        if (answer.Purchase is { } purchase)
            Write($"Purchase on line {purchase.Line}: event {purchase.Event}, subscriber {purchase.Subscriber}.");
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            _ = value switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                >= 0x20 and < 0x7F => text.Append((char)value),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
            };
        }
        return text.ToString();
    }
}
