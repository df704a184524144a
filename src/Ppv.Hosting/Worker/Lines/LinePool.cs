using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// Which of Wizard's lines are held, which rest, and which is the next to be given out. Not safe for use by several threads.
/// </summary>
internal sealed class LinePool
{
    private readonly LineRange _range;
    private readonly LineNumber? _noConnIdLine;
    private readonly Dictionary<LineNumber, Line> _lines;
    private long _uses;

    public LinePool(LineRange range, LineNumber? noConnIdLine)
    {
        (_range, _noConnIdLine) = (range, noConnIdLine);
        _lines = range.Lines().ToDictionary(line => line, _ => new Line());
        if (noConnIdLine is { } line) _lines.Add(line, new Line());
    }

    /// <summary>The calls that hold a line.</summary>
    public IEnumerable<CallState> Holders => _lines.Values.Select(line => line.Holder).OfType<CallState>();

    public bool IsFree(LineNumber number, DateTimeOffset now) => _lines.TryGetValue(number, out var line) && line.IsFree(now);

    /// <summary>
    /// The line for a call that has none: the formula's if it is free, else the free one that was not used for longest, on which nothing
    /// late is to be expected; <see langword="null"/> when none is free.
    /// </summary>
    public LineNumber? Find(ConnectionId? call, DateTimeOffset now)
    {
        if (call is null) return _noConnIdLine is { } line && IsFree(line, now) ? line : null;
        var preferred = LineFormula.LineOf(call, _range);
        if (IsFree(preferred, now)) return preferred;
        LineNumber? found = null;
        foreach (var other in _range.Lines())
        {
            if (IsFree(other, now) && (found is not { } best || _lines[other].LastUse < _lines[best].LastUse)) found = other;
        }

        return found;
    }

    public void Hold(LineNumber number, CallState call) => _lines[number].Holder = call;

    /// <summary>The line is free.</summary>
    /// <param name="number">The line.</param>
    /// <param name="earlyUntil">See <see cref="IsEarly"/>.</param>
    public void Release(LineNumber number, DateTimeOffset? earlyUntil = null) =>
        (_lines[number].Holder, _lines[number].LastUse, _lines[number].EarlyUntil) = (null, ++_uses, earlyUntil);

    /// <summary>Whether a crash would give the line back to the call that had it before.</summary>
    public bool IsEarly(LineNumber number, DateTimeOffset now) => _lines[number].EarlyUntil > now;

    /// <summary>Nobody gets the line until then. A line that is none of ours any more needs no rest.</summary>
    public void Rest(LineNumber number, DateTimeOffset until)
    {
        if (_lines.TryGetValue(number, out var line) && until > line.RestsUntil) line.RestsUntil = until;
    }

    /// <summary>Nobody gets any line until then.</summary>
    public void RestAll(DateTimeOffset until)
    {
        foreach (var number in _lines.Keys) Rest(number, until);
    }

    public CallState? HolderOf(LineNumber number) => _lines.GetValueOrDefault(number)?.Holder;

    public int CountResting(DateTimeOffset now) => _lines.Values.Count(line => line.RestsUntil > now);

    /// <summary>The lines whose rests are not over.</summary>
    public IEnumerable<RestingLine> Rests(DateTimeOffset now) =>
        _lines.Where(line => line.Value.RestsUntil > now).Select(line => new RestingLine(line.Key, line.Value.RestsUntil));

    /// <summary>Every line with its holder and the end of its rest, in the order of their numbers.</summary>
    public IEnumerable<(LineNumber Line, CallState? Holder, DateTimeOffset? RestsUntil)> All(DateTimeOffset now) => _lines
        .OrderBy(line => line.Key)
        .Select(line => (line.Key, line.Value.Holder, line.Value.RestsUntil > now ? line.Value.RestsUntil : (DateTimeOffset?)null));

    /// <summary>When the rests end that are not over.</summary>
    public IEnumerable<DateTimeOffset> RestEnds(DateTimeOffset now) =>
        _lines.Values.Select(line => line.RestsUntil).Where(end => end > now);

    private sealed class Line
    {
        public CallState? Holder { get; set; }

        public DateTimeOffset RestsUntil { get; set; } = DateTimeOffset.MinValue;

        public long LastUse { get; set; }

        public DateTimeOffset? EarlyUntil { get; set; }

        public bool IsFree(DateTimeOffset now) => Holder is null && RestsUntil <= now;
    }
}
