using System.CommandLine;
using System.CommandLine.Parsing;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Check;

/// <summary>The options <c>--warn NAME=VALUE</c> and <c>--critical NAME=VALUE</c> of a check.</summary>
internal sealed class Thresholds
{
    private readonly IReadOnlyList<Measure> _measures;
    private readonly Option<string[]> _warn;
    private readonly Option<string[]> _critical;

    public Thresholds(IReadOnlyList<Measure> measures)
    {
        _measures = measures;
        var names = string.Join("; ", measures.Select(Describe));
        _warn = Make("--warn", $"A warning's threshold, NAME=VALUE or NAME=off; may be given several times. {names}.");
        _critical = Make("--critical", "An alarm's threshold, as for --warn.");
    }

    public void AddTo(Command verb)
    {
        verb.Add(_warn);
        verb.Add(_critical);
    }

    /// <summary>A measured value with the thresholds that were given for it, or its own.</summary>
    public Reading Read(ParseResult parsed, string name, double value)
    {
        var measure = _measures.Single(measure => measure.Name == name);
        return new Reading(
            measure, value, Given(parsed.GetValue(_warn), measure, measure.Warn),
            Given(parsed.GetValue(_critical), measure, measure.Critical));
    }

    private static double? Given(string[]? texts, Measure measure, double? otherwise)
    {
        foreach (var text in (texts ?? []).Reverse())
            if (text.Split('=', 2) is [var name, var value] && name == measure.Name && measure.TryParse(value, out var threshold))
                return threshold;
        return otherwise;
    }

    private static string Describe(Measure measure) =>
        $"{measure.Name}: {measure.Meaning} ({(measure.IsLowBad ? "bad below" : "bad above")} "
            + $"{(measure.Warn is { } warn ? measure.Show(warn) : "off")} / {(measure.Critical is { } last ? measure.Show(last) : "off")})";

    private Option<string[]> Make(string name, string description)
    {
        var option =
            new Option<string[]>(name) { Description = description, HelpName = "name=value", AllowMultipleArgumentsPerToken = false };
        option.Validators.Add(Validate);
        return option;
    }

    private void Validate(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (token.Value.Split('=', 2) is not [var name, var value])
                result.AddError($"{result.Option.Name} takes NAME=VALUE, such as {_measures[0].Name}=1, and here is '{token.Value}'.");
            else if (_measures.FirstOrDefault(measure => measure.Name == name) is not { } measure)
                result.AddError($"This check measures {string.Join(", ", _measures.Select(each => each.Name))}, and no '{name}'.");
            else if (!measure.TryParse(value, out _))
                result.AddError($"{result.Option.Name} {name} takes {measure.Example}, or off, and here is '{value}'.");
        }
    }
}
