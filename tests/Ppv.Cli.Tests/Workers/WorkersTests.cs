using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>
/// <c>ppv workers</c> where there is no broker. What it prints where there is one is tested beside the broker, in Ppv.Broker.Tests.
/// </summary>
public sealed class WorkersTests
{
    [Fact]
    public async Task A_broker_that_is_not_there_has_an_exit_code_of_its_own_and_passwords_are_not_shown()
    {
        var run = await Tool.RunAsync("workers", "--amqp", "amqp://ops:s3cret@127.0.0.1:1/%2Fppv");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable, run.Output);
        run.Error.ShouldStartWith("RabbitMQ on 127.0.0.1:1 can't be reached");
        run.Error.ShouldNotContain("s3cret");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task On_a_terminal_it_says_the_same()
    {
        var run = await Tool.RunOnTerminalAsync(null, "workers", "--amqp", "127.0.0.1:1");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Output.ShouldContain("can't be reached");
    }

    [Theory]
    [InlineData("--wait takes", "--wait", "soon")]
    [InlineData("--wait takes", "--wait", "1h")]
    [InlineData("--amqp takes", "--amqp", "http://x")]
    [InlineData("--lines", "--lines", "1-30")]
    public async Task Bad_arguments_are_told(string told, params string[] arguments)
    {
        var run = await InProcess.RunAsync(["workers", .. arguments]);

        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_has_examples() =>
        (await InProcess.RunAsync("workers", "--help")).Output.ShouldContain("ppv workers --all --json");
}
