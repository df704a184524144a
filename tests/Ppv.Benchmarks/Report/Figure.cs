using System.Globalization;
using System.Text.Json.Serialization;

namespace Ppv.Benchmarks.Report;

/// <summary>One measured figure, and the bound that it has to keep, where it has one.</summary>
/// <param name="What">What was measured, as a reader of the report would say it.</param>
/// <param name="Value">The figure: a ratio wherever one can be had, since machines differ.</param>
/// <param name="Unit">The figure's unit, such as <c>x</c>, <c>KB</c> or <c>%</c>.</param>
/// <param name="AtLeast">The smallest value that is good enough, or none.</param>
/// <param name="AtMost">The largest value that is good enough, or none.</param>
/// <param name="Detail">What else a reader wants to know: the range of the rounds, what it was compared with.</param>
internal sealed record Figure(string What, double Value, string Unit, double? AtLeast = null, double? AtMost = null, string Detail = "")
{
    /// <summary>Whether the figure keeps its bounds; one that is no number never does.</summary>
    [JsonInclude]
    public bool Met => double.IsFinite(Value) && !(Value < AtLeast) && !(Value > AtMost);

    /// <summary>The bound as text: <c>&gt;= 1.3 x</c>, or nothing.</summary>
    [JsonIgnore]
    public string Bound => (AtLeast, AtMost) switch
    {
        ({ } least, { } most) => $"{Text(least)} to {Text(most)} {Unit}",
        ({ } least, null) => $">= {Text(least)} {Unit}",
        (null, { } most) => $"<= {Text(most)} {Unit}",
        _ => "",
    };

    /// <summary>The value with its unit, in three or four digits.</summary>
    [JsonIgnore]
    public string Reading => $"{Text(Value)} {Unit}";

    private static string Text(double number) => number.ToString(
        Math.Abs(number) switch { >= 100 => "#,##0", >= 10 => "0.0", _ => "0.##" }, CultureInfo.InvariantCulture);
}
