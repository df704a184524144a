using System.Globalization;
using Ppv.Rpc.Presence;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Spectre.Console;

namespace Ppv.Samples.Cli.Workers;

/// <summary>Prints who is on the bus: on a terminal a table for each queue, elsewhere one worker a line.</summary>
internal sealed class WorkersPrinter(CliEnvironment environment)
{
    private readonly IAnsiConsole _console = environment.Console;

    /// <param name="view">Who is there.</param>
    /// <param name="broker">Who was asked, without passwords.</param>
    public void Print(BusView view, string broker)
    {
        if (view.Queues.Count == 0)
            Warn($"Nobody has answered over {broker}: no worker and no gateway of this kind is connected there. Those of the old system, "
                + "and those that the broker does not let be seen (event 1390 in their log), don't answer: 'rabbitmqctl list_consumers' on "
                + "the broker has them. A slow broker gets more time with --wait.");
        foreach (var queue in view.Queues)
        {
            Title($"Queue {queue.Name}", queue.IsServed ? "served" : "not served", queue.IsServed);
            if (queue.Workers.Count > 0) Rows(queue.Workers, isWorkers: true);
            foreach (var note in queue.Notes) Warn(note);
        }

        if (view.Clients is not { } clients) return;
        Title("Clients", clients.Count.ToString(CultureInfo.InvariantCulture), isGood: true);
        if (clients.Count > 0) Rows(clients, isWorkers: false);
    }

    private void Title(string what, string state, bool isGood) => _console.MarkupLine(
        $"[bold]{Printable.InMarkup(what)}[/]: [{(isGood ? "green" : "red")}]{Printable.InMarkup(state)}[/]");

    private void Warn(string sentence) => _console.MarkupLine($"[yellow]{Printable.InMarkup(sentence)}[/]");

    private void Rows(IReadOnlyList<PresenceReport> reports, bool isWorkers)
    {
        List<(string Head, string Lead, Func<PresenceReport, string> Cell)> columns =
        [
            ("machine", "", report => report.Machine ?? "?"),
            ("process", "process ", report => report.ProcessId.ToString(CultureInfo.InvariantCulture)),
            isWorkers ? ("place", "", report => report.Place ?? "?") : ("role", "", report => report.Role),
            ("version", "version ", report => report.Version ?? "?"),
            ("up", "up ", report => Uptime(report.At - report.StartedAt)),
            ("configuration", "configuration ", report => report.Configuration ?? "?"),
        ];
        if (isWorkers)
        {
            columns.Add(("lines", "lines ", report => report.Worker is { } worker
                ? $"{worker.FirstLine}-{worker.LastLine} {worker.Allocation?.ToLowerInvariant()}, {worker.BusyLines} busy" : "?"));
            columns.Add(("journal", "journal ", report => report.Worker is { } worker ? JournalOf(worker) : "?"));
        }
        else
        {
            columns.Add(("queues", "queues ", report => string.Join(", ", report.Queues)));
        }

        columns.Add(("broker", "over ", report => string.Join(", ", report.Hosts)));
        if (environment.IsTerminal) Table(reports, columns);
        else
            foreach (var report in reports)
                _console.WriteLine("  " + string.Join("  ", columns.Select(column => column.Lead + Printable.Text(column.Cell(report)))));
    }

    private void Table(
        IReadOnlyList<PresenceReport> reports, List<(string Head, string Lead, Func<PresenceReport, string> Cell)> columns)
    {
        // A border and two spaces stand beside each column; a heading that is cut says nothing.
        var width = columns.Sum(column => reports.Max(report => Printable.Text(column.Cell(report)).Length) is var widest
            && widest > column.Head.Length ? widest + 3 : column.Head.Length + 3) + 1;
        if (width > _console.Profile.Width)
        {
            Blocks(reports, columns);
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns) table.AddColumn(column.Head);
        foreach (var report in reports) table.AddRow([.. columns.Select(column => Printable.InMarkup(column.Cell(report)))]);
        _console.Write(table);
    }

    /// <summary>One fact a line, where a table has no room.</summary>
    private void Blocks(
        IReadOnlyList<PresenceReport> reports, List<(string Head, string Lead, Func<PresenceReport, string> Cell)> columns)
    {
        var widest = columns.Max(column => column.Head.Length);
        foreach (var report in reports)
        {
            foreach (var column in columns)
                _console.MarkupLine(
                    $"  [bold]{Printable.InMarkup(column.Head.PadRight(widest))}[/]  {Printable.InMarkup(column.Cell(report))}");
            _console.WriteLine();
        }
    }

    private static string JournalOf(WorkerDetails worker) =>
        $"{(worker.Journal is "ok" or "memory" ? worker.Journal : "in trouble")}, "
            + $"{worker.UnknownConfirms?.ToString(CultureInfo.InvariantCulture) ?? "?"} unknown";

    /// <summary>The two largest units that say something.</summary>
    internal static string Uptime(TimeSpan time)
    {
        (long Count, string Unit)[] units = [((long)time.TotalDays, "d"), (time.Hours, "h"), (time.Minutes, "min"), (time.Seconds, "s")];
        var first = Array.FindIndex(units, unit => unit.Count > 0);
        return first < 0 ? "0 s"
            : string.Join(' ', units.Skip(first).Take(2).Where(unit => unit.Count > 0).Select(unit => $"{unit.Count} {unit.Unit}"));
    }
}
