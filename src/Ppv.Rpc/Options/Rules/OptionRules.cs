using System.Globalization;
using Microsoft.Extensions.Options;

namespace Ppv.Rpc;

/// <summary>Collects broken rules, so that every message names the configuration path, the value, and what it should be.</summary>
internal sealed class OptionRules
{
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    public void Require(bool holds, string path, object? value, string rule)
    {
        if (!holds) _failures.Add($"{path} is {Show(value)}; it must be {rule}.");
    }

    public void InRange<T>(string path, T value, T min, T max) where T : IComparable<T> =>
        Require(value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0, path, value, $"{Show(min)} to {Show(max)}");

    public void Defined<T>(string path, T value) where T : struct, Enum =>
        Require(Enum.IsDefined(value), path, value, $"one of {string.Join(", ", Enum.GetNames<T>())}");

    public void NotEmpty(string path, string? value) => Require(!string.IsNullOrWhiteSpace(value), path, value, "a text that is not empty");

    /// <summary>A code that stands in an answer: it must pass JSON, a header and the old gateway without being changed.</summary>
    public void Code(string path, string? value) =>
        Require(
            value is { Length: >= 1 and <= 64 } && value.All(c => c is >= ' ' and <= '~' and not ('"' or '\'')),
            path, value, "1 to 64 printable ASCII characters without quotes");

    /// <summary>A rule between two values; <paramref name="comparison"/> and <paramref name="advice"/> are such as "longer than" and "Make it shorter".</summary>
    public void Between(bool holds, string path, object value, string comparison, string otherPath, object other, string advice)
    {
        if (!holds) _failures.Add(Conflict(path, value, comparison, otherPath, other, advice));
    }

    public static string Conflict(string path, object value, string comparison, string otherPath, object other, string advice) =>
        $"{path} is {Show(value)}, {comparison} {otherPath}, which is {Show(other)}. {advice}.";

    public ValidateOptionsResult ToResult() => _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    public static string Show(object? value) => value switch
    {
        null => "not set",
        string text => $"\"{text}\"",
        TimeSpan time => time.Ticks % TimeSpan.TicksPerSecond == 0 ? time.ToString("c") : time.ToString("c").TrimEnd('0'),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
