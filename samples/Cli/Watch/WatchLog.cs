using Ppv.Hosting;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Preflight;
using Ppv.Samples.Cli.Output;

namespace Ppv.Samples.Cli.Watch;

/// <summary>The board as lines, for files and pipes: all of it once, then what changes.</summary>
internal sealed class WatchLog(TextWriter output, TimeProvider time)
{
    private Dictionary<string, Fact> _known = [];
    private bool _isLost;

    public void Show(BoardNews news)
    {
        if (news.State is not { } state)
        {
            if (!_isLost) Write("lost", $"{news.Problem} What was said last is old.");
            _isLost = true;
            return;
        }

        if (_isLost) Write("back", $"{state.Program.Name} on {state.Program.Machine} is heard again.");
        _isLost = false;
        var facts = new Dictionary<string, Fact>();
        foreach (var fact in FactsOf(state)) facts.TryAdd(fact.Key, fact);
        foreach (var fact in facts.Values)
        {
            if (!_known.TryGetValue(fact.Key, out var before) || before.Same != fact.Same) Write(fact.Subject, fact.Text);
        }

        foreach (var gone in _known.Values.Where(fact => fact.End is not null && !facts.ContainsKey(fact.Key)))
            Write(gone.End!, gone.Text);
        _known = facts;
    }

    private void Write(string subject, string text) =>
        output.WriteLine(Printable.Text($"{WatchText.Clock(time.GetUtcNow(), time)}  {subject,-8} {text}"));

    private IEnumerable<Fact> FactsOf(BoardState state)
    {
        var level = WatchText.Level(state.Verdict.Level);
        yield return new("verdict", "verdict", $"{level} since {WatchText.Clock(state.Verdict.Since, time)}, "
            + $"{state.Program.Name} on {state.Program.Machine}, version {state.Program.Version}", level);
        foreach (var reason in state.Verdict.Reasons) yield return new($"reason {reason}", "reason", reason, "", "over");
        if (state.LeftOut is { } leftOut) yield return new("left out", "reason", leftOut, "", "over");
        foreach (var hop in state.Path)
        {
            yield return new($"hop {hop.Name}", "way", hop.IsKnown
                ? $"{hop.Name} {WatchText.Level(hop.Level)}, {WatchText.Rate(hop.Latest.PerSecond)}, p50 "
                + $"{WatchText.Took(hop.Latest.P50Milliseconds)}, "
                    + $"p99 {WatchText.Took(hop.Latest.P99Milliseconds)}, {WatchText.Errors(hop.Latest)}"
                : $"{hop.Name} is not known here", $"{hop.IsKnown} {hop.Level}");
        }

        var resting = state.Lines.Where(line => line.State == BoardLineState.Resting).Select(line => line.Number).ToList();
        yield return new("lines", "lines", WatchText.Lines(state.Lines) + (resting.Count == 0 ? "" : $" ({string.Join(", ", resting)})"),
            string.Join(' ', resting));
        foreach (var connection in state.Brokers)
        {
            var host = connection.Hosts.FirstOrDefault(host => host.IsInUse)?.Host ?? "no host";
            yield return new($"broker {connection.Owner}", "broker", $"{connection.Owner}: {host} in use. {connection.Description}",
                $"{connection.IsReady} {host}");
        }

        foreach (var member in state.Members)
        {
            var how = member.IsAlive ? member.Place ?? "alive" : "dead";
            yield return new($"member {member.Id}", "member", $"{member.Role} on {member.Machine}: {how}", how, "left");
        }

        if (state.Unknowns.Count is > 0 and var count)
            yield return new("unknowns", "unknown", $"{WatchText.Count(count, "confirm")} with an unknown outcome: ppv journal unknown",
                $"{count}", "settled");
        if (state.Unknowns.Problem is { } problem) yield return new("journal", "unknown", $"not known: {problem}", problem, "known");
        foreach (var warning in state.Warnings.Reverse())
            yield return new($"{warning.At:O} {warning.EventId} {warning.Message}", warning.Level,
                $"event {warning.EventId} at {WatchText.Clock(warning.At, time)}: {warning.Message}", "");
    }

    /// <summary>Something that is so.</summary>
    /// <param name="Key">What it is about.</param>
    /// <param name="Subject">The same in one word.</param>
    /// <param name="Text">How it is.</param>
    /// <param name="Same">As long as this stays the same it is no news, whatever the text says.</param>
    /// <param name="End">The word for it when it is so no more; none when nobody needs to know.</param>
    private sealed record Fact(string Key, string Subject, string Text, string Same, string? End = null);
}
