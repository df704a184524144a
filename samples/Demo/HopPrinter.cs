using System.Text;
using Ppv.Testing;

namespace Ppv.Samples.Demo;

/// <summary>
/// Prints what passes each hop: the AMQP messages as the client's log tells of them (it has no content), Wizard's bytes as the simulator
/// saw them, and warnings.
/// </summary>
internal sealed class HopPrinter(TextWriter output) : ILoggerProvider, ILogger
{
    private const int RequestPublished = 1101, RequestAnswered = 1102;

    private readonly Lock _lock = new();

    public void Print(string hop, string text)
    {
        lock (_lock) output.WriteLine($"    {hop,-8} {text}");
    }

    public void WizardHandled(WizardSimulatorAnswer answer)
    {
        Print("TCP  ->", Visible(answer.Request.Raw.Span));
        Print("TCP  <-", Visible(answer.Bytes.Span));
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        if (eventId.Id == RequestPublished)
            Print("AMQP ->", $"{Value("Queue")}, {Value("Length")} bytes, correlation id {Value("CorrelationId")}");
        else if (eventId.Id == RequestAnswered) Print("AMQP <-", $"{Value("Outcome")}, {Value("Length")} bytes");
        else if (logLevel >= LogLevel.Warning) Print(logLevel == LogLevel.Warning ? "warning" : "error", formatter(state, exception));

        string Value(string name) => values.FirstOrDefault(pair => pair.Key == name).Value?.ToString() ?? "";
    }

    public void Dispose()
    {
    }

    private static string Visible(ReadOnlySpan<byte> bytes) =>
        Encoding.ASCII.GetString(bytes).Replace("\r", "\\r", StringComparison.Ordinal);
}
