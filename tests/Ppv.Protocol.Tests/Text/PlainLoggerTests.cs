using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Protocol.Tests.Text;

public partial class PlainLoggerTests
{
    private const string Forged = "1\r\n2026-12-01 CRITICAL \u001b[2J\u202e";

    private readonly Sink _sink = new();

    [Fact]
    public void What_is_fit_is_passed_on_as_it_is()
    {
        var problem = new InvalidOperationException("It is in use.");
        Failed(PlainLogger.To(_sink), "Grüße", 3, problem);
        _sink.Text.ShouldBe("Order Grüße failed 3 times.");
        _sink.Exception.ShouldBeSameAs(problem);
        _sink.Values["Id"].ShouldBe("Grüße");
        _sink.Values["Count"].ShouldBe(3);
    }

    [Fact]
    public void Neither_the_text_nor_a_value_can_forge_a_line()
    {
        Failed(PlainLogger.To(_sink), Forged, 3, null);
        _sink.Text.ShouldBe("Order 1 2026-12-01 CRITICAL ?[2J? failed 3 times.");
        _sink.Values["Id"].ShouldBe("1 2026-12-01 CRITICAL ?[2J?");
        _sink.Values["Count"].ShouldBe(3);
        _sink.Values["{OriginalFormat}"].ShouldBe("Order {Id} failed {Count} times.");
    }

    [Fact]
    public void Nor_can_an_object_that_shows_it()
    {
        Quoted(PlainLogger.To(_sink), new Quote(Forged));
        _sink.Text.ShouldBe("It said Quote { Text = 1 2026-12-01 CRITICAL ?[2J? }.");
        _sink.Values["What"].ShouldBe("Quote { Text = 1 2026-12-01 CRITICAL ?[2J? }");
    }

    [Fact]
    public void Nor_can_an_exception_that_quotes_it_and_its_type_and_stack_are_still_told()
    {
        Failed(PlainLogger.To(_sink), "1", 1, Thrown(new InvalidOperationException("outer", new FormatException(Forged))));
        var told = _sink.Exception!.ToString();
        told.ShouldContain("System.InvalidOperationException: outer");
        told.ShouldContain("System.FormatException: 1 2026-12-01 CRITICAL ?[2J?");
        told.ShouldContain(nameof(Thrown));
        told.ShouldNotContain("\u001b");
        told.Split('\n').ShouldNotContain(line => line.StartsWith("2026", StringComparison.Ordinal));
    }

    [Fact]
    public void An_event_is_bounded()
    {
        Failed(PlainLogger.To(_sink), new string('x', 1_000_000), 1, new FormatException(new string('y', 1_000_000)));
        _sink.Text.Length.ShouldBeLessThan(20_000);
        _sink.Values["Id"].ShouldBeOfType<string>().Length.ShouldBeLessThan(20_000);
        _sink.Exception!.ToString().Length.ShouldBeLessThan(20_000);
    }

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Order {Id} failed {Count} times.")]
    private static partial void Failed(PlainLogger logger, string id, int count, Exception? exception);

    [LoggerMessage(2, LogLevel.Error, "It said {What}.")]
    private static partial void Quoted(PlainLogger logger, Quote what);

    private sealed record Quote(string Text);

    private sealed class Sink : ILogger
    {
        public string Text { get; private set; } = "";

        public Exception? Exception { get; private set; }

        public Dictionary<string, object?> Values { get; private set; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            (Text, Exception) = (formatter(state, exception), exception);
            Values = new(((IEnumerable<KeyValuePair<string, object?>>)state!)!);
        }
    }
}
