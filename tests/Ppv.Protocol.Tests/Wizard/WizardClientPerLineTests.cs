using System.Net;
using System.Net.Sockets;
using Ppv.Protocol.Tests.Support;
using Ppv.Testing;

namespace Ppv.Protocol.Tests.Wizard;

/// <summary>One connection kept for each line: used again only while it is certain whose answer comes next.</summary>
public sealed class WizardClientPerLineTests
{
    [Fact]
    public async Task A_line_keeps_its_connection_and_each_line_has_its_own()
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine);
        for (var round = 0; round < 3; round++)
        {
            await setup.SendAsync(line: 1);
            await setup.SendAsync(line: 2);
        }
        setup.Simulator.ConnectionCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_Wizard_closed_while_idle_is_replaced_before_anything_is_written()
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine);
        await setup.SendAsync();
        await setup.Simulator.CloseConnectionsAsync();
        (await setup.SendAsync()).Text.ShouldBe("OK");
        setup.Simulator.Requests.Count.ShouldBe(2);
        setup.Simulator.ConnectionCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_timed_out_is_never_used_again()
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine, WizardBehavior.Normal with { Stall = true });
        var call = setup.SendAsync();
        await setup.Handled;
        setup.Time.Advance(setup.Options.ResponseTimeout);
        await ClientSetup.FailAsync(call, WizardFailure.MaybeSent, "timed out");
        setup.Simulator.Script = _ => WizardBehavior.Normal;
        (await setup.SendAsync()).Text.ShouldBe("OK");
        setup.Simulator.ConnectionCount.ShouldBe(2);
    }

    [Theory]
    [InlineData("H016OK\rH016LATE\r")]
    [InlineData("H016OK\rx")]
    public async Task Bytes_after_an_answer_do_not_spoil_it_but_end_its_connection(string bytes)
    {
        await using var setup = await ClientSetup.StartAsync(
            ConnectionMode.PerLine, WizardBehavior.Normal with { Garbage = Bytes.Of(bytes) });
        (await setup.SendAsync()).Text.ShouldBe("OK");
        setup.Simulator.Script = _ => WizardBehavior.Normal with { ReplyText = "SECOND" };
        (await setup.SendAsync()).Text.ShouldBe("SECOND");
        setup.Simulator.ConnectionCount.ShouldBe(2);
    }

    [Fact]
    public async Task Bytes_that_come_after_the_answer_was_taken_end_the_connection_too()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new WizardOptions
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            ConnectionMode = ConnectionMode.PerLine,
        };
        await using var client = new WizardClient(options);
        var request = new WizardRequest(ClientSetup.Line, ClientSetup.Command, DateTimeOffset.MaxValue);

        var first = client.SendAsync(request).Within();
        using var stale = await listener.AcceptSocketAsync(Bounded.Token());
        await stale.SendAsync(Bytes.Of("H016OK\r"), Bounded.Token());
        (await first).Text.ShouldBe("OK");
        await stale.SendAsync(Bytes.Of("H016STALE\r"), Bounded.Token());

        var second = client.SendAsync(request).Within();
        using var fresh = await listener.AcceptSocketAsync(Bounded.Token());
        await fresh.SendAsync(Bytes.Of("H016FRESH\r"), Bounded.Token());
        (await second).Text.ShouldBe("FRESH");
    }

    [Theory]
    [InlineData("EV", 30_000, 1)]
    [InlineData("EV", 30_001, 2)]
    [InlineData("EN", 30_000, 1)]
    [InlineData("EN", 30_001, 2)]
    [InlineData("CONFIRM", 1_000, 1)]
    [InlineData("CONFIRM", 1_001, 2)]
    public async Task A_connection_that_was_idle_for_too_long_is_replaced_and_for_a_confirm_that_is_sooner(
        string command, int idle, int connections)
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine);
        await setup.SendAsync();
        setup.Time.Advance(TimeSpan.FromMilliseconds(idle));
        (await setup.SendAsync(command: Command(command))).Line.ShouldBe(ClientSetup.Line);
        setup.Simulator.ConnectionCount.ShouldBe(connections);
    }

    [Fact]
    public async Task Each_answer_begins_the_idle_time_anew()
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine);
        for (var round = 0; round < 4; round++)
        {
            await setup.SendAsync();
            setup.Time.Advance(TimeSpan.FromSeconds(20));
        }
        setup.Simulator.ConnectionCount.ShouldBe(1);
    }

    [Theory]
    [InlineData("CONFIRM", 2)]
    [InlineData("EV", 31)]
    public async Task An_idle_connection_that_was_dropped_without_a_word_costs_no_answer(string command, int idle)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var time = new SignallingTime();
        var options = new WizardOptions
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            ConnectionMode = ConnectionMode.PerLine,
        };
        await using var client = new WizardClient(options, null, time);
        var first = client.SendAsync(new WizardRequest(ClientSetup.Line, ClientSetup.Command, DateTimeOffset.MaxValue)).Within();
        using var dropped = await listener.AcceptSocketAsync(Bounded.Token());
        await dropped.SendAsync(Bytes.Of("H016OK\r"), Bounded.Token());
        await first;

        // From here on nobody reads or answers on the first connection, and nobody closes it.
        time.Advance(TimeSpan.FromSeconds(idle));
        var second = client.SendAsync(new WizardRequest(ClientSetup.Line, Command(command), DateTimeOffset.MaxValue)).Within();
        using var fresh = await listener.AcceptSocketAsync(Bounded.Token());
        await fresh.SendAsync(Bytes.Of("H016OK\r"), Bounded.Token());
        (await second).Text.ShouldBe("OK");
    }

    [Theory]
    [InlineData(ConnectionMode.PerLine)]
    [InlineData(ConnectionMode.PerCommand)]
    public async Task Keep_alive_is_on(ConnectionMode mode)
    {
        Socket? socket = null;
        ClientSetup setup = null!;
        await using var started = setup = await ClientSetup.StartAsync(
            mode, WizardBehavior.Normal with { Stall = true }, dial: async _ => socket = await setup.DialAsync());
        var call = setup.SendAsync();
        await setup.Handled;

        int Option(SocketOptionLevel level, SocketOptionName name) => (int)socket!.GetSocketOption(level, name)!;
        Option(SocketOptionLevel.Socket, SocketOptionName.KeepAlive).ShouldNotBe(0);
        Option(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime).ShouldBe(10);
        Option(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval).ShouldBe(5);
        Option(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount).ShouldBe(3);
        await setup.Client.DisposeAsync();
        await ClientSetup.FailAsync(call, WizardFailure.MaybeSent, "disposed");
    }

    [Fact]
    public async Task Commands_on_one_line_wait_for_each_other_and_other_lines_do_not()
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine);
        var delay = TimeSpan.FromSeconds(7);
        setup.Simulator.Script = request =>
            request.Line == ClientSetup.Line ? WizardBehavior.Normal with { Delay = delay } : WizardBehavior.Normal;
        var first = setup.SendAsync();
        await setup.Simulator.WaitForRequestsAsync(1, Bounded.Token());
        var second = setup.SendAsync();
        (await setup.SendAsync(line: 17)).Text.ShouldBe("OK");
        setup.Simulator.Requests.Count.ShouldBe(2);
        await setup.SimulatorTime.PassAsync(delay);
        (await first).Text.ShouldBe("OK");
        await setup.SimulatorTime.PassAsync(delay);
        (await second).Text.ShouldBe("OK");
        setup.Simulator.ConnectionCount.ShouldBe(2);
    }

    [Fact]
    public async Task Waiting_for_a_line_ends_with_the_deadline_the_caller_or_the_client()
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine, WizardBehavior.Normal with { Stall = true });
        var first = setup.SendAsync();
        await setup.Handled;

        var late = setup.SendAsync(deadline: TimeSpan.FromSeconds(1));
        setup.Time.Advance(TimeSpan.FromSeconds(1));
        await ClientSetup.FailAsync(late, WizardFailure.NotSent, "while the connection of line 016 was busy");

        using var caller = new CancellationTokenSource();
        var left = setup.SendAsync(cancellationToken: caller.Token);
        await caller.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);

        var waiting = setup.SendAsync();
        await setup.Client.DisposeAsync();
        await ClientSetup.FailAsync(waiting, WizardFailure.NotSent, "disposed");
        await ClientSetup.FailAsync(first, WizardFailure.MaybeSent, "disposed");
        setup.Simulator.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_line_is_free_again_after_every_kind_of_failure()
    {
        await using var setup = await ClientSetup.StartAsync(ConnectionMode.PerLine, retries: 0);
        setup.Simulator.RefuseConnections = true;
        await ClientSetup.FailAsync(setup.SendAsync(), WizardFailure.NotSent, "could not be reached");
        setup.Simulator.RefuseConnections = false;
        foreach (var behavior in new[]
        {
            WizardBehavior.Normal with { ResetBeforeBooking = true },
            WizardBehavior.Normal with { WrongLine = true },
            WizardBehavior.Normal with { Garbage = Bytes.Of("no") },
        })
        {
            setup.Simulator.Script = _ => behavior;
            (await Should.ThrowAsync<WizardException>(setup.SendAsync())).Failure.ShouldBe(WizardFailure.MaybeSent);
        }
        setup.Simulator.Script = null;
        (await setup.SendAsync()).Text.ShouldBe("OK");
        setup.Simulator.ConnectionCount.ShouldBe(4);
    }

    private static PpvCommand Command(string name) => name switch
    {
        "EV" => PpvCommand.Event("262193"),
        "EN" => PpvCommand.Subscriber("85165320"),
        _ => PpvCommand.Confirm,
    };
}
