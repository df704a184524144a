using System.Text.Json;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

public sealed class ContextTests : IDisposable
{
    private const string Amqp = "amqp://ops:s3cret@kfs-gax:5672/%2Fppv";
    private readonly string _folder = Directory.CreateTempSubdirectory("ppv-context-").FullName;

    private string FilePath => Path.Combine(_folder, "ppv", "contexts.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_kept_is_used_and_its_password_is_never_shown()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        (await RunAsync("context", "add", "prod", "--url", gateway.Url, "--amqp", Amqp)).ExitCode.ShouldBe(ExitCodes.Ok);

        var shown = await Task.WhenAll(
            RunAsync("context", "list"), RunAsync("context", "list", "--json"), RunAsync("context", "show", "prod"),
            RunAsync("context", "show", "prod", "--json"));
        foreach (var run in shown)
        {
            run.Output.ShouldNotContain("s3cret");
            run.Output.ShouldContain("amqp://ops:****@kfs-gax:5672/%2Fppv");
        }

        (await RunAsync("call", "--ev", "1")).ExitCode.ShouldBe(ExitCodes.Ok);
        gateway.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_file_is_for_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await RunAsync("context", "add", "prod", "--amqp", Amqp);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Options_win_over_the_named_context_that_wins_over_the_variable_that_wins_over_the_one_in_use()
    {
        await using var inUse = await FakeGateway.SayingAsync("OK");
        await using var byVariable = await FakeGateway.SayingAsync("OK");
        await using var named = await FakeGateway.SayingAsync("OK");
        await using var given = await FakeGateway.SayingAsync("OK");
        foreach (var (name, gateway) in new[] { ("a", inUse), ("b", byVariable), ("c", named) })
            await RunAsync("context", "add", name, "--url", gateway.Url);

        await RunAsync("call", "--ev", "1");
        await RunWithAsync("b", "call", "--ev", "1");
        await RunWithAsync("b", "call", "--context", "c", "--ev", "1");
        await RunWithAsync("b", "call", "--context", "c", "--url", given.Url, "--ev", "1");

        new[] { inUse, byVariable, named, given }.Select(gateway => gateway.Received.Count).ShouldBe([1, 1, 1, 1]);
    }

    [Fact]
    public async Task Adding_again_changes_what_is_given_and_keeps_the_rest()
    {
        await RunAsync("context", "add", "prod", "--url", "http://gw1/api", "--queue", "q");
        await RunAsync("context", "add", "prod", "--url", "http://gw2/api");
        (await RunAsync("context", "show", "prod")).Output.ShouldBe("--url http://gw2/api\n--queue q\n");
    }

    [Fact]
    public async Task One_that_is_removed_is_not_in_use_any_more()
    {
        await RunAsync("context", "add", "prod", "--queue", "q");
        await RunAsync("context", "remove", "prod");
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(FilePath));
        file.RootElement.TryGetProperty("inUse", out _).ShouldBeFalse();
        (await RunAsync("context", "list")).Output.ShouldContain("no contexts yet");
    }

    [Theory]
    [InlineData("There is no context 'test'", "context", "use", "test")]
    [InlineData("There is no context 'test'", "context", "show", "test")]
    [InlineData("There is no context 'test'", "context", "remove", "test")]
    [InlineData("There is no context 'test'", "call", "--context", "test", "--ev", "1")]
    [InlineData("nothing to keep", "context", "add", "test")]
    [InlineData("takes letters", "context", "add", "te st", "--queue", "q")]
    [InlineData("--amqp takes", "context", "add", "test", "--amqp", "http://x")]
    [InlineData("--wizard takes", "context", "add", "test", "--wizard", "billing")]
    [InlineData("--board takes", "context", "add", "test", "--board", "board")]
    public async Task What_can_not_be_is_told_in_a_sentence(string told, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_is_named()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "{");
        var run = await RunAsync("context", "list");
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(FilePath);
    }

    [Fact]
    public async Task On_a_terminal_it_is_the_same()
    {
        await RunAsync("context", "add", "prod", "--amqp", Amqp);
        var run = await Tool.RunOnTerminalAsync(Variables(), "context", "list");
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("* prod  --amqp amqp://ops:****@kfs-gax:5672/%2Fppv");
    }

    private Dictionary<string, string> Variables() => new() { ["XDG_CONFIG_HOME"] = _folder };

    private Task<ToolRun> RunAsync(params string[] arguments) => Tool.RunAsync(Variables(), arguments);

    private Task<ToolRun> RunWithAsync(string context, params string[] arguments) =>
        Tool.RunAsync(new Dictionary<string, string>(Variables()) { ["PPV_CONTEXT"] = context }, arguments);
}
