using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Ppv.Protocol;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Simulator;
using Spectre.Console;

namespace Ppv.Samples.Cli.Explain;

/// <summary><c>ppv line</c>: how the old formula finds a call's line, step by step (contract §3).</summary>
internal static class LineVerb
{
    public static Command Create(CliEnvironment environment)
    {
        var call = new Argument<string>("connid") { Description = "The call's id, 1 to 32 hexadecimal digits." };
        call.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ConnectionId.TryParse(token.Value, out _))
                result.AddError("A connid has 1 to 32 hexadecimal digits, such as 012703395c597610.");
        });
        var lines = new Option<LineRange>("--lines")
        {
            Description = "The first and the last line, both included; the end_port_number of an old file is one more than the last. "
                + "Default: 1-29.",
            HelpName = "first-last",
            DefaultValueFactory = _ => new LineRange(1, 29),
            CustomParser = result =>
            {
                if (!LineRangeArgument.TryParse(result.Tokens[0].Value, out var range))
                    result.AddError("--lines takes first-last, such as 1-29, each from 1 to 999.");
                return range;
            },
        };
        var json = CommonOptions.Json();
        var verb = new Verb(
            "line", "Explains how a call's line is computed from its connid: hexadecimal, number, remainder, line.",
            "ppv line 012703395c597610", "ppv line 0127032d64a94732 --lines 1-12")
        {
            call, lines, json,
        };
        verb.SetAction(parsed =>
        {
            var steps = LineSteps.Of(ConnectionId.Parse(parsed.GetRequiredValue(call)), parsed.GetValue(lines));
            if (parsed.GetValue(json)) CliJson.Write(environment, steps);
            else Write(environment, steps);
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static void Write(CliEnvironment environment, LineSteps steps)
    {
        var range = new LineRange(steps.FirstLine, steps.LastLine);
        var table = new TextTable();
        table.Add("connid", steps.ConnectionId);
        table.Add("as a number", steps.Number);
        table.Add("lines", string.Create(CultureInfo.InvariantCulture,
            $"{range}, which is {steps.Count} (in an old file start_port_number={steps.FirstLine}, end_port_number={steps.LastLine + 1}: "
                + $"the end is not used)"));
        table.Add("remainder", string.Create(CultureInfo.InvariantCulture, $"{steps.Number} mod {steps.Count} = {steps.Remainder}"));
        table.Add("line", string.Create(CultureInfo.InvariantCulture, $"{range.First} + {steps.Remainder} = {steps.Line}"));
        if (steps.OldWorkersLine is { } old)
            table.Add("old worker", string.Create(CultureInfo.InvariantCulture,
                $"001 + {steps.Remainder} = {old}: it counts from 1, whatever start_port_number says"));
        table.Write(environment);
        environment.Console.WriteLine("A worker with leased lines gives this one to the call if it is free, and else another; with "
            + "Ppv:Server:LineAllocation=Modulo it is always this one.");
    }
}

/// <summary>The formula's steps for one call.</summary>
internal sealed record LineSteps
{
    public required string ConnectionId { get; init; }

    /// <summary>The id as a number, in decimal digits; as a text, for 32 hexadecimal digits are more than JSON's readers keep.</summary>
    public required string Number { get; init; }

    public required int FirstLine { get; init; }

    public required int LastLine { get; init; }

    public required int Count { get; init; }

    public required int Remainder { get; init; }

    /// <summary>The line in three digits.</summary>
    public required string Line { get; init; }

    /// <summary>The line that the old worker takes; <see langword="null"/> when it is the same.</summary>
    public string? OldWorkersLine { get; init; }

    public static LineSteps Of(ConnectionId call, LineRange range)
    {
        var line = LineFormula.LineOf(call, range);
        var remainder = line.Value - range.First.Value;
        return new LineSteps
        {
            ConnectionId = call.ToString(),
            Number = BigInteger.Parse($"0{call}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                .ToString(CultureInfo.InvariantCulture),
            FirstLine = range.First.Value,
            LastLine = range.Last.Value,
            Count = range.Count,
            Remainder = remainder,
            Line = line.ToString(),
            OldWorkersLine = range.First.Value == LineNumber.Min ? null : new LineNumber(LineNumber.Min + remainder).ToString(),
        };
    }
}
