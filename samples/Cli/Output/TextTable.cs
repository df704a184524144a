using Ppv.Samples.Cli.Running;
using Spectre.Console;

namespace Ppv.Samples.Cli.Output;

/// <summary>
/// Rows of text in columns: on a terminal with a coloured head, and folded at its width; elsewhere plain, one row a line, with two spaces
/// between the columns.
/// </summary>
/// <param name="head">The columns' names; none for a table without a head.</param>
internal sealed class TextTable(params string[] head)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row.</summary>
    /// <param name="cells">The texts, whatever is in them; a row may be shorter than the others.</param>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Printable.Text)]);

    public void Write(CliEnvironment environment)
    {
        if (environment.IsTerminal) WriteFolded(environment);
        else foreach (var line in Lines()) environment.Console.WriteLine(line);
    }

    private IEnumerable<string> Lines()
    {
        string[][] all = head.Length > 0 ? [head, .. _rows] : [.. _rows];
        if (all.Length == 0) yield break;
        var widths = Enumerable.Range(0, all.Max(row => row.Length))
            .Select(column => all.Max(row => column < row.Length ? row[column].Length : 0)).ToArray();
        foreach (var row in all)
            yield return string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
    }

    private void WriteFolded(CliEnvironment environment)
    {
        var columns = _rows.Append(head).Max(row => row.Length);
        var table = new Table().Border(TableBorder.None);
        table.ShowHeaders = head.Length > 0;
        for (var column = 0; column < columns; column++)
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(column < head.Length ? head[column] : "")}[/]").PadRight(2).PadLeft(0));
        foreach (var row in _rows)
            table.AddRow([.. Enumerable.Range(0, columns).Select(column => new Text(column < row.Length ? row[column] : ""))]);
        environment.Console.Write(table);
    }
}
