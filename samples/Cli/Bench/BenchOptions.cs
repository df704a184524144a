using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Ppv.Protocol;
using Ppv.Samples.Cli.Routes;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Bench;

/// <summary>The options that say how much load for how long, and when it has failed.</summary>
internal sealed class BenchOptions
{
    private const double MaxRate = 5_000;
    private const int MaxConcurrency = 1_000;
    private const long MaxCount = 1_000_000;
    private const int UsualLines = 29;
    private const string All = "all";
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(10), MaxDuration = TimeSpan.FromHours(1);
    private static readonly PpvCommandKind[] WholeCall = [PpvCommandKind.Event, PpvCommandKind.Subscriber, PpvCommandKind.Confirm];

    private readonly Option<string?> _rate = new("--rate")
    {
        Description = $"Starts so many calls a second, whatever becomes of them, such as 20/s; up to {MaxRate}.", HelpName = "N/s",
    };

    private readonly Option<string?> _concurrency = new("--concurrency")
    {
        Description = $"So many callers, each of whom waits for its answers; up to {MaxConcurrency}. Default: 1, without --rate.",
        HelpName = "N",
    };

    private readonly Option<string?> _duration = new("--duration")
    {
        Description = "How long calls are started, such as 30s or 5m; up to 1h. Default: 10s, without --count.", HelpName = "time",
    };

    private readonly Option<string?> _count = new("--count")
    {
        Description = $"Stops after so many calls; up to {MaxCount}.", HelpName = "N",
    };

    private readonly Option<string?> _ramp = new("--ramp")
    {
        Description = "How long rate or callers grow from nothing, such as 10s. Default: not at all.", HelpName = "time",
    };

    private readonly Option<string?> _steps = new("--steps")
    {
        Description = "The commands of a call. Default: EV,EN,UP, a purchase.", HelpName = "EV,EN,UP",
    };

    private readonly Option<string?> _maxLines = new("--max-lines")
    {
        Description = "How many lines calls may have at a time, or all. Default: half of them; the others are left to callers.",
        HelpName = "N",
    };

    private readonly Option<string[]> _failIf = new("--fail-if")
    {
        Description = "Ends with exit code 1 when this holds, such as 'p99>500ms', 'errors>1%' or 'rate<100'; may be given often.",
        HelpName = "condition",
    };

    public void AddTo(Command verb)
    {
        foreach (var option in new Option[] { _rate, _concurrency, _duration, _count, _ramp, _steps, _maxLines, _failIf }) verb.Add(option);
    }

    /// <summary>The load.</summary>
    /// <exception cref="CliException">Something can't be read, or does not fit together.</exception>
    public BenchPlan Plan(ParseResult parsed)
    {
        var (rate, count) = (parsed.GetValue(_rate), parsed.GetValue(_count));
        if (rate is not null && parsed.GetValue(_concurrency) is not null)
            throw Refused("Give --rate or --concurrency, not both: a rate starts calls however many are under way.");
        if (count is not null && parsed.GetValue(_duration) is not null)
            throw Refused("Give --duration or --count, not both.");
        var plan = new BenchPlan
        {
            Rate = rate is null ? null : Rate(rate),
            Concurrency = (int)Whole(parsed.GetValue(_concurrency) ?? "1", MaxConcurrency, _concurrency.Name),
            Count = count is null ? null : Whole(count, MaxCount, _count.Name),
            Duration = parsed.GetValue(_duration) is { } duration ? Time(duration, _duration.Name)
                : count is null ? DefaultDuration : MaxDuration,
            Ramp = parsed.GetValue(_ramp) is { } ramp ? Time(ramp, _ramp.Name) : TimeSpan.Zero,
            Steps = Steps(parsed.GetValue(_steps)),
        };
        return plan.Ramp <= plan.Duration
            ? plan : throw Refused("--ramp is longer than --duration; make it shorter, or go on for longer.");
    }

    /// <summary>How many lines calls may have, of those that there are; <see langword="null"/> for all.</summary>
    /// <exception cref="CliException">It can't be read.</exception>
    public int? MaxLines(ParseResult parsed, RouteLines lines)
    {
        var text = parsed.GetValue(_maxLines);
        if (text == All) return null;
        var most = text is not null ? (int)Whole(text, LineNumber.Max, _maxLines.Name, $", or {All}")
            : Math.Max(1, (lines.Count ?? UsualLines) / 2);
        return Math.Min(most, lines.Count ?? most);
    }

    /// <summary>When it has failed.</summary>
    /// <exception cref="CliException">A condition can't be read.</exception>
    public IReadOnlyList<Threshold> Thresholds(ParseResult parsed) =>
        [.. (parsed.GetValue(_failIf) ?? []).Select(
            text => Threshold.TryParse(text, out var threshold, out var problem) ? threshold! : throw Refused(problem))];

    private static double Rate(string text) =>
        Amounts.TryRate(text, out var rate) && rate is > 0 and <= MaxRate ? rate : throw Refused(
            $"--rate takes a number of calls above 0 and up to {MaxRate}/s, such as 20/s, 0.5/s or 90/m.");

    private static long Whole(string text, long max, string name, string orElse = "") =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number : throw Refused($"{name} takes a whole number from 1 to {max}{orElse}.");

    private static TimeSpan Time(string text, string name) =>
        Amounts.TryDuration(text, out var duration) && duration > TimeSpan.Zero && duration <= MaxDuration
            ? duration : throw Refused($"{name} takes a time with its unit, up to 1h, such as 500ms, 10s or 5m.");

    private static PpvCommandKind[] Steps(string? text)
    {
        if (text is null) return WholeCall;
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        var steps = WholeCall.Where(kind => names.Contains(BenchPlan.NameOf(kind), StringComparer.OrdinalIgnoreCase)).ToArray();
        if (steps.Length != names.Length) throw Refused("--steps takes some of EV, EN and UP, such as EV,EN.");
        return !steps.Contains(PpvCommandKind.Confirm) || steps.Length == WholeCall.Length
            ? steps : throw Refused("--steps: UP buys what EV and EN have chosen on the same call; give EV,EN,UP.");
    }

    private static CliException Refused(string sentence) => new(sentence, ExitCodes.BadArguments);
}
