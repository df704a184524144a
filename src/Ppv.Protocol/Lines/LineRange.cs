namespace Ppv.Protocol;

/// <summary>The lines that a worker may use: from a first to a last one, both included. Immutable.</summary>
/// <remarks>
/// The old configuration names the end differently: <c>start_port_number=1</c> and <c>end_port_number=30</c> are the 29 lines
/// 001 to 029 (contract §3); <see cref="FromPortNumbers"/> takes them as they are.
/// </remarks>
public readonly record struct LineRange
{
    /// <summary>Makes a range.</summary>
    /// <param name="first">The first line, 1..999.</param>
    /// <param name="last">The last line, <paramref name="first"/>..999.</param>
    /// <exception cref="ArgumentOutOfRangeException">A line is not in 1..999, or the last one comes before the first.</exception>
    public LineRange(int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        (First, Last) = (new LineNumber(first), new LineNumber(last));
    }

    /// <summary>The first line.</summary>
    public LineNumber First { get; }

    /// <summary>The last line.</summary>
    public LineNumber Last { get; }

    /// <summary>How many lines there are. 1 or more, save for <c>default</c>, which has one line that is none.</summary>
    public int Count => Last.Value - First.Value + 1;

    /// <summary>The range that the old configuration means: its end is not part of it.</summary>
    /// <param name="start"><c>start_port_number</c>, 1..999.</param>
    /// <param name="end"><c>end_port_number</c>, <paramref name="start"/> + 1 .. 1000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The numbers leave no line, or one outside 1..999.</exception>
    public static LineRange FromPortNumbers(int start, int end) => new(start, end - 1);

    /// <summary>Whether a line is in the range.</summary>
    public bool Contains(LineNumber line) => line >= First && line <= Last;

    /// <summary>Every line of the range, lowest first.</summary>
    public IEnumerable<LineNumber> Lines()
    {
        for (var line = First.Value; line <= Last.Value; line++) yield return new LineNumber(line);
    }

    /// <summary>The range in digits, such as <c>001-029</c>.</summary>
    public override string ToString() => $"{First}-{Last}";
}
