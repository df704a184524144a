using Ppv.Hosting;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Preflight;
using Ppv.Samples.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ppv.Samples.Cli.Watch;

/// <summary>The board as one screen of a terminal. What a colour says, a word says too.</summary>
internal static class WatchScreen
{
    private const int PlotWidth = 24;
    private const int MostWarnings = 5;
    private const int MostCodes = 6;
    private const int MostUnknowns = 3;

    /// <summary>What is to be seen.</summary>
    /// <param name="state">What the board said last.</param>
    /// <param name="problem">Why nothing is heard of it any more; <see langword="null"/> when it is.</param>
    /// <param name="time">The clock.</param>
    public static IRenderable Of(BoardState state, string? problem, TimeProvider time)
    {
        // What is old does not age: it is counted to the moment when it was said.
        List<IRenderable> rows = [new Markup(Verdict(state, problem, time))];
        rows.AddRange(Reasons(state, problem).Select(reason => new Markup($"  {Printable.InMarkup(reason)}")));
        rows.Add(Text.Empty);
        rows.Add(Way(state));
        rows.Add(Text.Empty);
        rows.Add(new Markup($"[bold]Lines[/] {Printable.InMarkup(WatchText.Lines(state.Lines))}"));
        if (state.Lines.Count > 0) rows.Add(new Columns(state.Lines.Select(line => new Markup(Line(line, state.At)))).Collapse());
        rows.Add(Text.Empty);
        rows.AddRange(Notes(state, time).Select(note => new Markup(note)));
        return new Rows(rows);
    }

    private static string Verdict(BoardState state, string? problem, TimeProvider time)
    {
        var program = Printable.InMarkup($"{state.Program.Name} on {state.Program.Machine}, version {state.Program.Version}");
        if (problem is not null)
            return $"[red bold invert] NO NEWS [/] since {WatchText.Clock(state.At, time)}: what you see is old  [dim]{program}[/]";
        var word = $"[{Color(state.Verdict.Level)} bold invert] {WatchText.Level(state.Verdict.Level)} [/]";
        return $"{word} since {WatchText.Clock(state.Verdict.Since, time)}, for {WatchText.Span(state.At - state.Verdict.Since)}  "
            + $"[dim]{program}[/]";
    }

    private static IEnumerable<string> Reasons(BoardState state, string? problem) =>
        problem is not null ? [problem, $"It last said {WatchText.Level(state.Verdict.Level)}."]
        : [.. state.Verdict.Reasons.Count > 0 ? state.Verdict.Reasons : ["Orders pass as they should."], .. LeftOut(state)];

    private static IEnumerable<string> LeftOut(BoardState state) => state.LeftOut is { } sentence ? [sentence] : [];

    private static Table Way(BoardState state)
    {
        var table = new Table().Border(TableBorder.None).AddColumns(
            "[bold]Way[/]", "", "[dim]orders[/]", "[dim]p50[/]", "[dim]p99[/]", "[dim]errors[/]", "");
        foreach (var column in table.Columns.Skip(2).Take(3)) column.RightAligned();
        foreach (var hop in state.Path)
        {
            var errors = hop.Latest.Errors > 0 ? $"[red]{WatchText.Errors(hop.Latest)}[/]" : "0";
            table.AddRow(hop.IsKnown
                ? [
                    Printable.InMarkup(hop.Name), $"[{Color(hop.Level)}]{WatchText.Level(hop.Level)}[/]",
                    WatchText.Rate(hop.Latest.PerSecond),
                    WatchText.Took(hop.Latest.P50Milliseconds), WatchText.Took(hop.Latest.P99Milliseconds), errors,
                    $"[blue]{WatchText.Sparkline(hop.Series.PerSecond.Select(value => (double?)value), PlotWidth)}[/] "
                        + $"[magenta]{WatchText.Sparkline(hop.Series.P99Milliseconds, PlotWidth)}[/]",
                ]
                : [Printable.InMarkup(hop.Name), "[dim]not known here[/]"]);
        }

        return table;
    }

    private static string Line(BoardLine line, DateTimeOffset now)
    {
        var word = line.Waiting > 0 ? $"{line.Waiting} waiting" : line.State.ToString().ToLowerInvariant();
        var color = line.State switch
        {
            BoardLineState.Free => "dim",
            BoardLineState.Leased => "green",
            BoardLineState.Busy => "blue",
            BoardLineState.Waiting => "yellow",
            _ => "magenta",
        };
        var done = $"{(line.Event ? "EV" : "··")}{(line.Subscriber ? "EN" : "··")}{(line.Confirm ? "UP" : "··")}";
        var age = line.Since is { } since ? WatchText.Span(now - since) : "";
        return $"{line.Number:000} [{color}]{word,-9}[/] {Printable.InMarkup(line.LastCode ?? WatchText.Nothing),-5} [dim]{done} "
            + $"{age,-6}[/]";
    }

    private static IEnumerable<string> Notes(BoardState state, TimeProvider time)
    {
        foreach (var connection in state.Brokers)
        {
            var hosts = connection.Hosts.Select(host =>
                $"{host.Host} {host.State.ToLowerInvariant()}{(host.IsInUse ? ", in use" : "")}");
            var queues = connection.Queues.Select(queue =>
                $"{queue.Name} {(queue.Messages is { } depth ? WatchText.Count(depth, "order") + " waiting" : "depth not known")}");
            yield return $"[bold]Broker[/] [{(connection.IsReady ? "green]ready" : "red]not ready")}[/] "
                + Printable.InMarkup(
                $"{string.Join("; ", hosts)}; {WatchText.Count(connection.Failovers, "failover")}; {string.Join("; ", queues)}");
        }

        if (state.Members.Count > 0)
            yield return "[bold]Members[/] " + string.Join("; ", state.Members.Select(Member));
        foreach (var window in state.Codes.Where(window => window.Counts.Count > 0))
            yield return $"[bold]Codes[/] {Printable.InMarkup(window.Window)}: " + string.Join(", ", window.Counts.Take(MostCodes)
                .Select(code => Printable.InMarkup($"{code.Code} {code.Count}")));
        if (state.Unknowns.Count is > 0 and var count)
        {
            yield return $"[bold yellow]Unknown[/] {WatchText.Count(count, "confirm")} with an unknown outcome: ppv journal settle ORDER";
            foreach (var unknown in state.Unknowns.Oldest.Take(MostUnknowns))
                yield return Printable.InMarkup(
                    $"  {unknown.OrderId} call {unknown.Call}, {WatchText.Span(state.At - unknown.ReceivedAt)}");
        }

        if (state.Unknowns.Problem is { } problem) yield return $"[bold yellow]Unknown[/] not known: {Printable.InMarkup(problem)}";
        foreach (var warning in state.Warnings.Take(MostWarnings))
            yield return $"[{(warning.Level == "warning" ? "yellow" : "red")}]{Printable.InMarkup(warning.Level)}[/] "
                + Printable.InMarkup($"{WatchText.Clock(warning.At, time)} event {warning.EventId}: {warning.Message}");
    }

    private static string Member(BoardMember member) =>
        Printable.InMarkup($"{member.Role} {member.Machine} ")
        + (member.IsAlive ? $"[green]{Printable.InMarkup(member.Place ?? "alive")}[/]" : "[red]DEAD[/]");

    private static string Color(BoardLevel level) => level switch
    {
        BoardLevel.Ok => "green",
        BoardLevel.Degraded => "yellow",
        _ => "red",
    };
}
