using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Tests.Support;
using Ppv.Testing;

namespace Ppv.Protocol.Tests.Wizard;

/// <summary>From the first byte on: the answer, or a failure that says that Wizard may have the command.</summary>
public sealed class WizardClientExchangeTests
{
    [Theory]
    [InlineData(ConnectionMode.PerCommand, 3)]
    [InlineData(ConnectionMode.PerLine, 1)]
    public async Task The_logged_purchase_goes_over_the_wire_byte_for_byte(ConnectionMode mode, int connections)
    {
        await using var setup = await ClientSetup.StartAsync(mode);
        foreach (var command in new[] { PpvCommand.Event("262193"), PpvCommand.Subscriber("85165320"), PpvCommand.Confirm })
            (await setup.SendAsync(command: command)).ShouldBe(new WizardReply(ClientSetup.Line, "OK"));

        setup.Simulator.Requests.Select(request => Bytes.Text(request.Raw.Span)).ShouldBe(
            ["A016EV262193              \r", "A016EN85165320            \r", "A016UP\r"]);
        setup.Simulator.Purchases.ShouldHaveSingleItem().Event.ShouldBe("262193");
        setup.Simulator.ConnectionCount.ShouldBe(connections);
        setup.Log.Lines.ShouldAllBe(line => line.Level == LogLevel.Debug);
    }

    [Theory]
    [InlineData(ConnectionMode.PerCommand)]
    [InlineData(ConnectionMode.PerLine)]
    public async Task An_answer_in_single_bytes_is_an_answer(ConnectionMode mode)
    {
        await using var setup = await ClientSetup.StartAsync(
            mode, WizardBehavior.Normal with { SplitReply = true, ReplyText = "ER 77 no such event" });
        (await setup.SendAsync()).Text.ShouldBe("ER 77 no such event");
    }

    [Fact]
    public async Task A_connection_closed_before_any_answer_is_told_as_that()
    {
        await using var setup = await ClientSetup.StartAsync(behavior: WizardBehavior.Normal with { Stall = true });
        var call = setup.SendAsync();
        await setup.Handled;
        await setup.Simulator.CloseConnectionsAsync();
        await ClientSetup.FailAsync(call, WizardFailure.MaybeSent, "closed the connection of line 016 before any answer");
    }

    [Fact]
    public async Task A_connection_that_ends_within_an_answer_is_told_as_that()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var client = new WizardClient(
            new WizardOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port });
        var call = client.SendAsync(new WizardRequest(ClientSetup.Line, ClientSetup.Command, DateTimeOffset.MaxValue)).Within();
        using var connection = await listener.AcceptSocketAsync(Bounded.Token());
        await connection.SendAsync(Bytes.Of("H016O"), Bounded.Token());
        connection.Shutdown(SocketShutdown.Send);
        await ClientSetup.FailAsync(call, WizardFailure.MaybeSent, "in the middle of its answer, after 5 bytes: 'H016O'");
    }

    [Fact]
    public async Task No_answer_in_time_is_told_as_that_and_the_time_is_the_clocks()
    {
        await using var setup = await ClientSetup.StartAsync(behavior: WizardBehavior.Normal with { Stall = true });
        var call = setup.SendAsync();
        await setup.Handled;
        setup.Time.Advance(setup.Options.ResponseTimeout - TimeSpan.FromMilliseconds(1));
        call.IsCompleted.ShouldBeFalse();
        setup.Time.Advance(TimeSpan.FromMilliseconds(1));
        await ClientSetup.FailAsync(call, WizardFailure.MaybeSent, "timed out: no answer on line 016 within 20 s");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_connection_is_told_and_nothing_is_sent_again(bool isBooked)
    {
        var behavior = WizardBehavior.Normal with { ResetBeforeBooking = !isBooked, ResetAfterBooking = isBooked };
        await using var setup = await ClientSetup.StartAsync(behavior: behavior);
        await ClientSetup.FailAsync(setup.SendAsync(), WizardFailure.MaybeSent, "broke on line 016");
        setup.Simulator.Requests.Count.ShouldBe(1);
        setup.Simulator.ConnectionCount.ShouldBe(1);
    }

    [Theory]
    [InlineData("hello", "is no answer: 'hello'")]
    [InlineData("H016O\u0007", "is no answer: 'H016O?'")]
    [InlineData("H017OK\r", "another line than 016: 'H017OK?'")]
    public async Task What_is_no_answer_is_told_at_once(string answer, string message)
    {
        await using var setup = await ClientSetup.StartAsync(behavior: WizardBehavior.Normal with { Garbage = Bytes.Of(answer) });
        await ClientSetup.FailAsync(setup.SendAsync(), WizardFailure.MaybeSent, message);
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up_at_the_cap()
    {
        await using var setup = await ClientSetup.StartAsync(
            behavior: WizardBehavior.Normal with { Garbage = Bytes.Of("H016" + new string('x', 5000)) });
        await ClientSetup.FailAsync(setup.SendAsync(), WizardFailure.MaybeSent, "no end within 1024 bytes");
    }

    [Fact]
    public async Task Once_sent_neither_deadline_nor_caller_ends_the_wait()
    {
        await using var setup = await ClientSetup.StartAsync(behavior: WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(7) });
        using var caller = new CancellationTokenSource();
        var call = setup.SendAsync(TimeSpan.FromSeconds(5), cancellationToken: caller.Token);
        await setup.Simulator.WaitForRequestsAsync(1, Bounded.Token());
        await caller.CancelAsync();
        setup.Time.Advance(TimeSpan.FromSeconds(10));
        call.IsCompleted.ShouldBeFalse();
        await setup.SimulatorTime.PassAsync(TimeSpan.FromSeconds(7));
        (await call).Text.ShouldBe("OK");
    }

    [Fact]
    public async Task Disposing_ends_the_wait_for_an_answer_as_unknown()
    {
        await using var setup = await ClientSetup.StartAsync(behavior: WizardBehavior.Normal with { Stall = true });
        var call = setup.SendAsync();
        await setup.Handled;
        await setup.Client.DisposeAsync();
        await ClientSetup.FailAsync(call, WizardFailure.MaybeSent, "disposed before the answer");
        await setup.Client.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(setup.SendAsync());
    }
}
