using System.Globalization;
using System.Text.RegularExpressions;

namespace Ppv.Samples.Cli.Bench;

/// <summary>A condition under which a load has failed, such as <c>p99>500ms</c>.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Name">What is compared: a percentile, min, mean, max, errors or rate.</param>
/// <param name="Percentile">The percentile, where it is one.</param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Limit">With what: milliseconds, errors in percent or their number, calls a second.</param>
/// <param name="IsPercent">Whether errors are meant in percent.</param>
internal sealed partial record Threshold(string Text, string Name, double? Percentile, string Operator, double Limit, bool IsPercent)
{
    public const string Sentence = "--fail-if takes a name, one of > >= < <=, and a number with its unit, such as 'p99>500ms', "
        + "'errors>1%' or 'rate<100'.";

    private const string Names = "p50, p99.9 and the like, min, mean, max, errors, rate";

    /// <summary>Reads a condition.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="threshold">The condition, where it is one.</param>
    /// <param name="problem">What is wrong with it, as full sentences, where it is none.</param>
    public static bool TryParse(string text, out Threshold? threshold, out string problem)
    {
        (threshold, problem) = (null, "");
        var match = Form().Match(text);
        if (!match.Success) return Refuse($"{Sentence} '{text}' is not one.", out problem);
        var (name, comparison, amount) = (match.Groups["name"].Value, match.Groups["operator"].Value, match.Groups["amount"].Value);
        double? percentile = name[0] == 'p' && Amounts.TryNumber(name.AsSpan(1), out var number) && number is > 0 and < 100 ? number : null;
        switch (name)
        {
            case "errors" when amount.EndsWith('%'):
                if (!Amounts.TryNumber(amount.AsSpan(0, amount.Length - 1), out var percent) || percent > 100)
                    return Refuse($"--fail-if '{text}': errors take 0% to 100%, or a number without a unit.", out problem);
                threshold = new Threshold(text, name, null, comparison, percent, true);
                return true;
            case "errors":
                if (!Amounts.TryNumber(amount, out var count))
                    return Refuse($"--fail-if '{text}': errors take 0% to 100%, or a number without a unit.", out problem);
                threshold = new Threshold(text, name, null, comparison, count, false);
                return true;
            case "rate":
                if (!Amounts.TryRate(amount, out var rate))
                    return Refuse($"--fail-if '{text}': a rate is a number of calls a second, such as 'rate<100'.", out problem);
                threshold = new Threshold(text, name, null, comparison, rate, false);
                return true;
            case "min" or "mean" or "max":
            case var _ when percentile is not null:
                if (!Amounts.TryDuration(amount, out var limit))
                    return Refuse($"--fail-if '{text}': a latency takes a unit: us, ms, s, m or h, such as '{name}>500ms'.", out problem);
                threshold = new Threshold(text, name, percentile, comparison, limit.TotalMilliseconds, false);
                return true;
            default:
                return Refuse($"--fail-if '{text}': there is no '{name}'. There are {Names}.", out problem);
        }
    }

    /// <summary>Looks whether a load has failed by this condition. Where nothing was measured, it has.</summary>
    public ThresholdResult Judge(BenchResult result)
    {
        double? value = result.Ended + result.Abandoned == 0 ? null : Name switch
        {
            "errors" => IsPercent ? result.ErrorPercent : result.Failed,
            "rate" => result.CallsPerSecond,
            "min" => result.Latency.Min,
            "mean" => result.Latency.Mean,
            "max" => result.Latency.Max,
            _ => result.Latency.At(Percentile!.Value),
        };
        var isFailed = value is not { } known || (Operator switch
        {
            ">" => known > Limit,
            ">=" => known >= Limit,
            "<" => known < Limit,
            _ => known <= Limit,
        });
        return new ThresholdResult(Text, value, value is { } number ? Show(number) : "nothing was measured", isFailed);
    }

    private string Show(double value) => Name switch
    {
        "errors" => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}{(IsPercent ? " %" : "")}"),
        "rate" => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.###} ms"),
    };

    private static bool Refuse(string sentence, out string problem)
    {
        problem = sentence;
        return false;
    }

    [GeneratedRegex(@"^\s*(?<name>[a-z][a-z0-9.]*)\s*(?<operator>>=|<=|>|<)\s*(?<amount>[0-9.]+[a-z%/]*)\s*$")]
    private static partial Regex Form();
}

/// <summary>What a condition came to.</summary>
/// <param name="Condition">The condition as it was given.</param>
/// <param name="Value">What was measured; <see langword="null"/> when nothing was.</param>
/// <param name="Shown">The same for people.</param>
/// <param name="IsFailed">Whether the load has failed by it.</param>
internal sealed record ThresholdResult(string Condition, double? Value, string Shown, bool IsFailed);
