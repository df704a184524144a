namespace Ppv.Hosting.Tests;

/// <summary>Which command lines ask for something else than running.</summary>
public class HostCommandTests
{
    [Theory]
    [InlineData("", HostCommandKind.Run, "")]
    [InlineData("--cfg old.cfg", HostCommandKind.Run, "")]
    [InlineData("check", HostCommandKind.Run, "")]
    [InlineData("live", HostCommandKind.Run, "")]
    [InlineData("--check", HostCommandKind.Check, "")]
    [InlineData("--cfg old.cfg --check", HostCommandKind.Check, "")]
    [InlineData("--health", HostCommandKind.Health, "ready")]
    [InlineData("--health ready", HostCommandKind.Health, "ready")]
    [InlineData("--urls=http://[::1]:1 --health live", HostCommandKind.Health, "live")]
    public void It_is_the_last_argument_that_says_so(string line, object kind, string argument)
    {
        var command = HostCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        (command.Kind, command.Argument).ShouldBe(((HostCommandKind)kind, argument));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("--cfg old.cfg --check", null)]
    [InlineData("--cfg old.cfg --Ppv:Broker:Hosts:0=a --urls http://localhost:1 --health live", null)]
    [InlineData("Ppv:Broker:Hosts:0=a", null)]
    [InlineData("--help", "--help")]
    [InlineData("--chek", "--chek")]
    [InlineData("-check", "-check")]
    [InlineData("/check", "/check")]
    [InlineData("check", "check")]
    [InlineData("--cfg --check", "--cfg")]
    [InlineData("--urls http://localhost:1 --chek", "--chek")]
    public void What_is_no_setting_and_no_switch_is_found(string line, string? stray) =>
        HostCommand.FindStray(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(stray);

    [Theory]
    [InlineData("--check --cfg old.cfg")]
    [InlineData("--health --urls http://localhost:1")]
    [InlineData("--health dead")]
    [InlineData("--check=true")]
    [InlineData("--Check --check")]
    [InlineData("--check --health")]
    [InlineData("--health live --check")]
    public void One_that_would_swallow_a_setting_or_be_one_is_refused(string line)
    {
        var command = HostCommand.Parse(line.Split(' '));
        command.Kind.ShouldBe(HostCommandKind.Misplaced);
        command.Argument.ShouldContain("behind all other arguments");
    }
}
