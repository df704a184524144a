using System.CommandLine;
using System.Globalization;
using Ppv.Protocol;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;
using Ppv.Samples.Simulator;

namespace Ppv.Samples.Cli.Routes;

/// <summary>
/// The options that choose a <see cref="IRoute"/>, the same for all verbs that send orders. The address on the command line chooses; else
/// <c>--via</c>, with the context's address; else the first that the context has; else a gateway on this computer.
/// </summary>
internal sealed class RouteOptions(CliEnvironment environment)
{
    private const double DefaultTimeout = 35;
    private const double MinTimeout = 0.1;
    private const double MaxTimeout = 600;
    private const string Gateway = "gateway", Broker = "broker", Wizard = "wizard";
    private static readonly LineRange DefaultLines = new(1, 29);

    private readonly TargetOptions _targets = new(environment);

    private readonly Option<string?> _via = new("--via")
    {
        Description = "Which of the context's addresses to use: gateway, broker or wizard.",
    };

    private readonly Option<int?> _line = new("--line") { Description = "Straight to Wizard: the line, 1 to 999." };
    private readonly Option<string?> _lines = new("--lines")
    {
        Description = "Straight to Wizard: the lines, of which the call's number takes one by the old formula. Default: 1-29.",
    };

    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "Seconds to wait for each answer.",
        DefaultValueFactory = _ => DefaultTimeout,
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= MinTimeout and <= MaxTimeout)
                return seconds;
            result.AddError(FormattableString.Invariant($"--timeout takes a number of seconds from {MinTimeout} to {MaxTimeout}."));
            return DefaultTimeout;
        },
    };

    private readonly Option<bool> _post = new("--post") { Description = "To a gateway: sends POST; default is GET with a body." };
    private readonly Option<OrderJsonStyle> _body = new("--body")
    {
        Description = "To a gateway: sends the content as a Python-style string, or as a JSON object.",
        DefaultValueFactory = _ => OrderJsonStyle.Python,
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        _via.AcceptOnlyFromAmong(Gateway, Broker, Wizard);
        _line.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsLine(token.Value))
                result.AddError($"--line takes a number from {LineNumber.Min} to {LineNumber.Max}.");
        });
        _lines.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !LineRangeArgument.TryParse(token.Value, out _))
                result.AddError(LineRangeArgument.Sentence);
        });
        _targets.AddTo(verb, TargetParts.Url | TargetParts.Amqp | TargetParts.Queue | TargetParts.Wizard);
        foreach (var option in new Option[] { _via, _line, _lines, _timeout, _post, _body }) verb.Add(option);
    }

    /// <summary>The route that was chosen, not connected yet.</summary>
    /// <exception cref="CliException">What was given does not fit together, or there is no address.</exception>
    public IRoute Create(ParseResult parsed)
    {
        var target = _targets.Resolve(parsed);
        var kind = KindOf(parsed, target);
        Refuse(parsed, kind, Gateway, _post, _body);
        Refuse(parsed, kind, Wizard, _line, _lines);
        var timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        switch (kind)
        {
            case Broker:
                return CreateBroker(target, timeout);
            case Wizard:
                TargetRules.TryHostAndPort(target.Wizard!, out var host, out var port);
                return new WizardRoute(host, port, LinesOf(parsed), timeout, environment.Time);
            default:
                var form = new GatewayForm(parsed.GetValue(_post) ? HttpMethod.Post : HttpMethod.Get, parsed.GetValue(_body));
                return new GatewayRoute(target.Url ?? TargetDefaults.Url, form, timeout, environment.Time);
        }
    }

    private BrokerRoute CreateBroker(Target target, TimeSpan timeout)
    {
        try
        {
            return new BrokerRoute(target.Amqp, target.Queue, timeout, environment.Time);
        }
        catch (ArgumentException problem)
        {
            throw new CliException(problem.Message, ExitCodes.BadArguments, problem);
        }
    }

    private string KindOf(ParseResult parsed, Target target)
    {
        var given = Kinds(_targets.Given(parsed)).ToList();
        if (parsed.GetValue(_via) is { } via) given = [.. given.Append(via).Distinct()];
        if (given.Count > 1)
            throw new CliException(
                "An order goes one way only: give one of --url, --amqp and --wizard, and no --via that says otherwise.",
                ExitCodes.BadArguments);
        var known = Kinds(target).ToList();
        var kind = given.FirstOrDefault() ?? known.FirstOrDefault() ?? Gateway;
        return kind == Gateway || known.Contains(kind) ? kind : throw new CliException(
            $"There is no address of the {kind}: give {(kind == Broker ? "--amqp" : "--wizard")}, or a context that has one.",
            ExitCodes.BadArguments);
    }

    private static IEnumerable<string> Kinds(Target target)
    {
        if (target.Url is not null) yield return Gateway;
        if (target.Amqp.Count > 0) yield return Broker;
        if (target.Wizard is not null) yield return Wizard;
    }

    private static void Refuse(ParseResult parsed, string kind, string owner, params Option[] options)
    {
        if (kind != owner && options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
            throw new CliException(
                $"{option.Name} is for orders to the {owner}, and these go to the {kind}. Leave it out, or change where they go.",
                ExitCodes.BadArguments);
    }

    private LineRange LinesOf(ParseResult parsed)
    {
        var (line, lines) = (parsed.GetValue(_line), parsed.GetValue(_lines));
        if (line is not null && lines is not null) throw new CliException("Give --line or --lines, not both.", ExitCodes.BadArguments);
        if (line is { } number) return new LineRange(number, number);
        return lines is not null && LineRangeArgument.TryParse(lines, out var range) ? range : DefaultLines;
    }

    private static bool IsLine(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
        && line is >= LineNumber.Min and <= LineNumber.Max;
}
