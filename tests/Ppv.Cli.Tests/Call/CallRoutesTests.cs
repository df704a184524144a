using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>Through a gateway or straight to Wizard; through a broker it is in <c>Ppv.Broker.Tests</c>.</summary>
public sealed class CallRoutesTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task Straight_to_Wizard_the_line_is_that_of_the_old_formula_and_one_purchase_is_booked()
    {
        var run = await Tool.RunAsync(
            "call", "--wizard", world.Wizard, "--connid", "012703395c597610", "--ev", "262193", "--en", "31415926", "--confirm", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        run.Output.ShouldContain("  request        A016EV262193              \\r\n");
        run.Output.ShouldContain("  request        A016UP\\r\n");
        var purchase = world.Host.Wizard.Purchases.Where(each => each.Subscriber == "31415926").ShouldHaveSingleItem();
        (purchase.Event, purchase.Line.Value).ShouldBe(("262193", 16));
    }

    [Theory]
    [InlineData("A009EV5551              \r", "--line", "9")]
    [InlineData("A005EV5551              \r", "--lines", "3-7")]
    public async Task Straight_to_Wizard_the_line_can_be_chosen(string frame, string option, string value)
    {
        var run = await Tool.RunAsync(
            "call", "--wizard", world.Wizard, "--connid", "11", "--ev", "5551", option, value, "--json", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        world.Host.Wizard.Requests.Select(request => Encoding.ASCII.GetString(request.Raw.Span)).ShouldContain(
            text => text.Trim() == frame.Trim());
        using var report = JsonDocument.Parse(run.Output);
        report.RootElement.GetProperty("isOk").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Via_chooses_among_the_addresses_of_the_context()
    {
        (await Tool.RunAsync(world.Variables, "call", "--ev", "1")).Output.ShouldContain("to             the gateway at http://127.0.0.1:");
        (await Tool.RunAsync(world.Variables, "call", "--ev", "1", "--via", "wizard", "--yes")).Output.ShouldContain(
            $"to             Wizard at {world.Wizard}\n");
    }

    [Fact]
    public async Task A_Wizard_that_is_not_there_is_told_before_anything_is_sent()
    {
        using var closed = new ClosedPort();
        var address = closed.Address;
        var run = await Tool.RunAsync("call", "--wizard", address, "--ev", "1");
        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldStartWith($"Wizard at {address} could not be reached");
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_told_without_its_password()
    {
        using var closed = new ClosedPort();
        var address = closed.Address;
        var run = await Tool.RunAsync("call", "--amqp", $"amqp://ops:s3cret@{address}/%2Fppv", "--ev", "1");
        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldStartWith($"There is no connection to queue prod.ppv.kfs at amqp://ops:****@{address}/%2Fppv. ");
        run.Error.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_gateway_that_breaks_off_may_have_executed_the_order()
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var run = await InProcess.RunAsync("call", "--url", gateway.Url, "--ev", "1", "--json");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("may have been executed");
        using var report = JsonDocument.Parse(run.Output);
        report.RootElement.GetProperty("isOk").GetBoolean().ShouldBeFalse();
        report.RootElement.GetProperty("steps")[0].GetProperty("failure").GetString()!.ShouldContain("broke off");
        gateway.Received.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ctrl_C_while_an_answer_is_waited_for_ends_it_and_says_what_that_means()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await FakeGateway.StartAsync(async context =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var tool = Tool.StartOnTerminal(null, "call", "--url", gateway.Url, "--ev", "1");
        await reached.Task.WaitAsync(Hang.Limit);
        await tool.TypeAsync("\x03");
        var run = await tool.EndAsync();
        run.ExitCode.ShouldBe(ExitCodes.Interrupted);
        run.Output.ShouldContain("Interrupted. What was sent may have been executed.");
    }
}
