using System.Globalization;
using Microsoft.Extensions.Options;

namespace Ppv.Protocol.Validation;

/// <summary>
/// Collects broken rules, so that every message names the configuration path, the value, and what it should be. Rules of one value are
/// attributes beside it (<see cref="RuleAttribute"/>); those between values are here.
/// </summary>
internal sealed class OptionRules
{
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Adds what a generated validator found.</summary>
    public void Add(ValidateOptionsResult result)
    {
        if (result.Failed) _failures.AddRange(result.Failures);
    }

    public void Require(bool holds, string path, object? value, string rule)
    {
        if (!holds) _failures.Add(Broken(path, value, rule));
    }

    /// <summary>
    /// A rule between two values; <paramref name="comparison"/> and <paramref name="advice"/> are such as "longer than" and "Make it
    /// shorter".
    /// </summary>
    public void Between(bool holds, string path, object value, string comparison, string otherPath, object other, string advice)
    {
        if (!holds) _failures.Add(Conflict(path, value, comparison, otherPath, other, advice));
    }

    public static string Broken(string path, object? value, string rule) => $"{path} is {Show(value)}; it must be {rule}.";

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
