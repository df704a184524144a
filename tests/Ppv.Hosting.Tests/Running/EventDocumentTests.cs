using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>
/// docs/events.md says of every event what it means and what to do; without a row an event must not be logged, and a row without an event
/// would be looked for in vain.
/// </summary>
public class EventDocumentTests
{
    private const int Columns = 5;

    private static readonly IReadOnlyList<string[]> Rows =
    [
        .. File.ReadLines(RepositoryPaths.PathTo("docs", "events.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
            .Select(line => line.Trim('|', ' ').Split(" | ")),
    ];

    [Fact]
    public void Every_event_has_its_row_with_its_level_and_its_message()
    {
        var written = Rows.Select(row => string.Join(" | ", row.Take(3))).ToList();
        var expected = EventIdTests.Messages.OrderBy(message => message.Id)
            .Select(message => $"{message.Id} | {message.Level} | `{message.Text}`").ToList();

        expected.Except(written).ShouldBeEmpty("docs/events.md lacks these; each needs its row with what it means and what to do.");
        written.Except(expected).ShouldBeEmpty("docs/events.md has rows of events that are not there, or are there in other words.");
        written.ShouldBe(expected, "The rows stand in the order of their ids, each once.");
    }

    [Fact]
    public void Every_row_says_what_it_means_and_what_to_do()
    {
        Rows.ShouldNotBeEmpty();
        Rows.Where(row => row.Length != Columns || row.Any(string.IsNullOrWhiteSpace) || !row[^1].EndsWith('.'))
            .Select(row => row[0]).ShouldBeEmpty();
    }
}
