using Ppv.Samples.Cli.Running;
using Ppv.TestKit;

namespace Ppv.Cli.Tests;

public sealed class CompletionTests
{
    [Fact]
    public async Task Bash_completes_verbs_and_options()
    {
        // What a person does in ~/.bashrc, and what bash does at the tab key.
        const string Script = """
            eval "$(ppv completion bash)"
            COMP_LINE='ppv con' COMP_POINT=7; _ppv_complete; printf '%s\n' "${COMPREPLY[@]}"
            COMP_LINE='ppv call --con' COMP_POINT=14; _ppv_complete; printf '%s\n' "${COMPREPLY[@]}"
            """;
        var path = $"{Path.GetDirectoryName(Tool.Path)}:{Environment.GetEnvironmentVariable("PATH")}";
        var printed = await CommandLine.RunCheckedAsync(
            "bash", ["-c", Script], TimeSpan.FromSeconds(60), environment: new Dictionary<string, string> { ["PATH"] = path });
        var words = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        words.ShouldContain("context");
        words.ShouldContain("--confirm");
        words.ShouldNotContain("call");
    }

    [Theory]
    [InlineData("bash", "complete -F")]
    [InlineData("zsh", "compdef")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Each_shell_has_its_lines(string shell, string line)
    {
        var run = await Tool.RunAsync("completion", shell);
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain(line);
    }

    [Fact]
    public async Task On_a_terminal_the_lines_are_the_same()
    {
        var run = await Tool.RunOnTerminalAsync(null, "completion", "bash");
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("complete -F _ppv_complete ppv");
        run.Output.ShouldNotContain("\u001b[3");
    }

    [Fact]
    public async Task Another_shell_is_refused()
    {
        var run = await Tool.RunAsync("completion", "fish");
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain("fish");
    }
}
