using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Tests;

/// <summary>What is wrong with Ppv:Access is said at start, and never with a key.</summary>
public sealed class AccessRulesTests : IDisposable
{
    private const string Key = "0123456789abcdef";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Good_clients_are_no_problem()
    {
        Problems(("ivr", new() { Key = Key }), ("ivr-2.new_one", new() { KeyFile = File("key", "another-good-key!\n") })).ShouldBeEmpty();
        Problems().ShouldBeEmpty();
    }

    [Fact]
    public void A_client_has_a_key_or_a_file_of_one()
    {
        Problems(("ivr", new())).ShouldBe(["Ppv:Access:Clients:ivr must have either Key or KeyFile."]);
        Problems(("ivr", new() { Key = Key, KeyFile = "x" })).ShouldBe(["Ppv:Access:Clients:ivr must have either Key or KeyFile."]);
    }

    [Theory]
    [InlineData("too-short-secre")]
    [InlineData("has a space in it secret")]
    [InlineData("schlüssel-secret-und-lang")]
    [InlineData("")]
    public void A_key_has_a_form_that_every_header_takes_and_is_not_repeated_in_the_message(string key)
    {
        var problem = Problems(("ivr", new() { Key = key })).ShouldHaveSingleItem();
        problem.ShouldBe("Ppv:Access:Clients:ivr:Key must be 16 to 256 printable ASCII characters without spaces.");
        var file = File("key", key);
        Problems(("ivr", new() { KeyFile = file })).ShouldHaveSingleItem().ShouldBe(
            $"Ppv:Access:Clients:ivr:KeyFile is \"{file}\", which can't be used: it must hold 16 to 256 printable ASCII characters without "
            + "spaces, and nothing else. Name a file with the key that this program's user may read.");
    }

    [Fact]
    public void A_file_that_is_missing_is_named() => Problems(("ivr", new() { KeyFile = "/nowhere/key" })).ShouldHaveSingleItem()
        .ShouldStartWith("Ppv:Access:Clients:ivr:KeyFile is \"/nowhere/key\", which can't be used: Could not find");

    [Fact]
    public void One_line_break_at_the_end_of_a_file_does_not_count()
    {
        Problems(("ivr", new() { KeyFile = File("key", Key + "\r\n") }), ("test", new() { Key = Key })).ShouldBe(
            ["Ppv:Access:Clients:test has the key of Ppv:Access:Clients:ivr. Give each client a key of its own."]);
        Problems(("ivr", new() { KeyFile = File("key", Key + "\n\n") })).ShouldHaveSingleItem().ShouldContain("it must hold 16 to 256");
    }

    [Fact]
    public void Names_and_roles_are_checked()
    {
        Problems(("i:v:r", new() { Key = Key })).ShouldBe(
            ["Ppv:Access:Clients is \"i:v:r\"; it must be names of 1 to 63 letters, digits and - . _."]);
        Problems(("ivr", new() { Key = Key, Role = (PpvAccessRole)7 })).ShouldBe(
            ["Ppv:Access:Clients:ivr:Role is 7; it must be one of Orders, Operator."]);
    }

    private string File(string name, string text)
    {
        var path = _folder.File(name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private static List<string> Problems(params (string Name, PpvAccessClient Client)[] clients)
    {
        var options = new PpvAccessOptions();
        foreach (var (name, client) in clients) options.Clients.Add(name, client);
        return [.. new AccessRules().Validate(Options.DefaultName, options).Failures ?? []];
    }
}
