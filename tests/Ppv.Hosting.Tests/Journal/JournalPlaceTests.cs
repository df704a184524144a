namespace Ppv.Hosting.Tests;

/// <summary>What an operator may have put where the journal is to be.</summary>
public sealed class JournalPlaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>SQLite has the log beside the file itself, and not beside the link.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_leads_to_a_journal_that_is_there_or_is_to_be_made(bool isThere)
    {
        var (link, file) = (_folder.File("link.db"), Path.Combine(_folder.File("data"), "orders.db"));
        Directory.CreateDirectory(_folder.File("data"));
        if (isThere) await ConfirmAsync(file, "u1");
        File.CreateSymbolicLink(link, file);

        await ConfirmAsync(link, "u2");
        await ConfirmAsync(link, "u3"); // It is opened again.

        new JournalView(link).Read(new JournalQuery()).Select(entry => entry.Order.Id)
            .ShouldBe(isThere ? ["u1", "u2", "u3"] : ["u2", "u3"], ignoreOrder: true);
        Directory.GetFiles(Path.GetDirectoryName(link)!).ShouldBe([link]);
        var look = (await new JournalPreflight(link).LookAsync(default)).ShouldHaveSingleItem();
        (look.Verdict, look.Text).ShouldBe((Verdict.Ok, $"The order journal {file} can be read and written."));
    }

    [Fact]
    public async Task A_folder_is_no_journal_and_that_is_said()
    {
        var folder = _folder.File("orders.db");
        Directory.CreateDirectory(folder);
        var sentence = $"The order journal {folder} can't be used: it is a folder; name a file in it.";

        (await Should.ThrowAsync<JournalUnavailableException>(ConfirmAsync(folder, "u1"))).Message.ShouldBe(sentence);
        var look = (await new JournalPreflight(folder).LookAsync(default)).ShouldHaveSingleItem();
        (look.Verdict, look.Text).ShouldBe((Verdict.Bad, sentence));
    }

    private static async Task ConfirmAsync(string path, string orderId)
    {
        await using var journal = new SqliteOrderJournal(new JournalOptions { Path = path });
        await journal.RecordIntentAsync(Entries.Confirm(orderId)).WaitAsync(Entries.Bound);
        (await journal.RecordResultAsync(Entries.Confirm(orderId).Said("OK"))).ShouldBeTrue();
    }
}
