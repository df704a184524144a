using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Fuzz.Engine;

/// <summary>
/// Sees what an input leads to: what is logged, which must be one line of printable text for each event, and what else a target names. What
/// was not seen before makes an input worth going on from. Safe for use by several threads.
/// </summary>
internal sealed class Watch : ILoggerProvider, ILoggerFactory
{
    private static readonly SearchValues<char> Quotes = SearchValues.Create("'\"|");
    private readonly Lock _gate = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _forged = [];

    /// <summary>Makes a logger for a class that wants one of its own.</summary>
    public PlainLogger<T> For<T>() => new(this);

    /// <summary>Names what came of the input. Digits, and what follows a quote, are left out: they are of the input.</summary>
    public void Saw(string what)
    {
        var quote = what.AsSpan().IndexOfAny(Quotes);
        var kind = string.Concat((quote < 0 ? what : what[..quote]).Select(static c => char.IsAsciiDigit(c) ? '#' : c));
        lock (_gate) _seen.Add(kind);
    }

    /// <exception cref="BrokenPromiseException">It is not so.</exception>
    public static void Ensure(bool isSo, string promise)
    {
        if (!isSo) throw new BrokenPromiseException(promise);
    }

    /// <summary>What was seen, and the log lines that are none, since the last call.</summary>
    public (IReadOnlyList<string> Seen, IReadOnlyList<string> Forged) Take()
    {
        lock (_gate)
        {
            (string[], string[]) taken = ([.. _seen], [.. _forged]);
            _seen.Clear();
            _forged.Clear();
            return taken;
        }
    }

    /// <summary>Whether a text is one line, and shows all that is in it.</summary>
    public static bool IsOneLine(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator)
                return false;
        }

        return true;
    }

    /// <summary>A text with what can't be seen written out.</summary>
    public static string Visible(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        IsOneLine(rune.ToString()) ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>")));

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Line(Watch owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            lock (owner._gate)
            {
                owner._seen.Add($"event {category} {eventId.Id}");
                if (!IsOneLine(text)) owner._forged.Add($"event {eventId.Id} of {category}: {Visible(text)}");
            }
        }
    }
}
