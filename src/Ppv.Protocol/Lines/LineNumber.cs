using System.Globalization;

namespace Ppv.Protocol;

/// <summary>The number of one of Wizard's lines: 1 to 999, written with three digits (contract §3). Immutable.</summary>
public readonly record struct LineNumber : IComparable<LineNumber>
{
    /// <summary>The lowest line: 1.</summary>
    public const int Min = 1;

    /// <summary>The highest line: 999.</summary>
    public const int Max = 999;

    /// <summary>Makes a line number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in 1..999.</exception>
    public LineNumber(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, Min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Max);
        Value = value;
    }

    /// <summary>The number. 0 only for <c>default</c>, which is no line.</summary>
    public int Value { get; }

    /// <inheritdoc/>
    public int CompareTo(LineNumber other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left line comes before the right one.</summary>
    public static bool operator <(LineNumber left, LineNumber right) => left.Value < right.Value;

    /// <summary>Whether the left line comes after the right one.</summary>
    public static bool operator >(LineNumber left, LineNumber right) => left.Value > right.Value;

    /// <summary>Whether the left line is the right one or comes before it.</summary>
    public static bool operator <=(LineNumber left, LineNumber right) => left.Value <= right.Value;

    /// <summary>Whether the left line is the right one or comes after it.</summary>
    public static bool operator >=(LineNumber left, LineNumber right) => left.Value >= right.Value;

    /// <summary>The three digits that stand on the wire, such as <c>016</c>.</summary>
    public override string ToString() => Value.ToString("000", CultureInfo.InvariantCulture);
}
