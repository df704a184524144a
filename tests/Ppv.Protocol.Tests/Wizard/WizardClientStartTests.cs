using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Tests.Support;
using Ppv.Protocol.Wizard.Connections;
using Ppv.Testing;

namespace Ppv.Protocol.Tests.Wizard;

/// <summary>Up to the first byte: what ends a command here was not sent.</summary>
public sealed class WizardClientStartTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Connecting_is_retried_once_a_second_and_ends_with_its_retries()
    {
        await using var setup = await ClientSetup.StartAsync(retries: 2);
        setup.Simulator.RefuseConnections = true;
        var call = setup.SendAsync();
        await setup.Time.PassAsync(Second);
        await setup.Time.PassAsync(Second);
        var exception = await ClientSetup.FailAsync(call, WizardFailure.NotSent, "could not be reached in 3 attempts");
        exception.InnerException.ShouldBeOfType<SocketException>();
    }

    [Fact]
    public async Task A_command_is_sent_once_Wizard_is_back_and_an_outage_is_one_warning()
    {
        await using var setup = await ClientSetup.StartAsync();
        setup.Simulator.RefuseConnections = true;
        var call = setup.SendAsync();
        await setup.Time.PassAsync(Second);
        await setup.Time.PassAsync(Second);
        await setup.Time.WaitForTimerAsync(Second); // The last attempt has failed.
        setup.Simulator.RefuseConnections = false;
        setup.Time.Advance(Second);
        (await call).Text.ShouldBe("OK");
        setup.Log.Lines.Count(line => line.Level == LogLevel.Warning).ShouldBe(1);
        setup.Log.Lines.Count(line => line.Level == LogLevel.Information).ShouldBe(1);
        setup.Simulator.Requests.Count.ShouldBe(1);

        setup.Simulator.RefuseConnections = true;
        call = setup.SendAsync(deadline: Second * 0.5);
        await setup.Time.PassAsync(Second);
        await ClientSetup.FailAsync(call, WizardFailure.NotSent, "deadline");
        setup.Log.Lines.Count(line => line.Level == LogLevel.Warning).ShouldBe(2);
    }

    [Fact]
    public async Task The_deadline_ends_connecting_before_the_retries_do()
    {
        await using var setup = await ClientSetup.StartAsync();
        setup.Simulator.RefuseConnections = true;
        var call = setup.SendAsync(deadline: Second * 2.5);
        await setup.Time.PassAsync(Second);
        await setup.Time.PassAsync(Second);
        await setup.Time.PassAsync(Second);
        var exception = await ClientSetup.FailAsync(call, WizardFailure.NotSent, "deadline passed while connecting");
        exception.InnerException.ShouldBeOfType<SocketException>();
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_given_up_after_the_connect_timeout()
    {
        var dials = Channel.CreateUnbounded<int>();
        await using var setup = await ClientSetup.StartAsync(retries: 1, dial: async cancellationToken =>
        {
            dials.Writer.TryWrite(1);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException("A dial without end ended.");
        });
        var call = setup.SendAsync();
        await dials.Reader.ReadAsync(Bounded.Token());
        setup.Time.Advance(setup.Options.ConnectTimeout);
        await setup.Time.PassAsync(setup.Options.ConnectRetryDelay);
        await dials.Reader.ReadAsync(Bounded.Token());
        setup.Time.Advance(setup.Options.ConnectTimeout);
        await ClientSetup.FailAsync(call, WizardFailure.NotSent, "no connection within 3 s");
    }

    [Fact]
    public async Task A_deadline_that_has_passed_is_not_even_dialled_for()
    {
        await using var setup = await ClientSetup.StartAsync();
        await ClientSetup.FailAsync(
            setup.SendAsync(deadline: TimeSpan.Zero), WizardFailure.NotSent, "deadline passed before it was started");
        await ClientSetup.FailAsync(setup.SendAsync(deadline: -Second), WizardFailure.NotSent, "deadline passed before it was started");
        setup.Simulator.ConnectionCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(ConnectionMode.PerCommand)]
    [InlineData(ConnectionMode.PerLine)]
    public async Task The_deadline_is_looked_at_again_right_before_the_first_byte(ConnectionMode mode)
    {
        ClientSetup? setup = null;
        setup = await ClientSetup.StartAsync(mode, dial: async _ =>
        {
            var socket = await setup!.DialAsync();
            setup.Time.Advance(Second);
            return socket;
        });
        await using var disposal = setup;
        await ClientSetup.FailAsync(
            setup.SendAsync(deadline: Second), WizardFailure.NotSent, "deadline passed before its first byte was written");
        setup.Simulator.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_who_leaves_right_before_the_first_byte_sends_nothing()
    {
        using var caller = new CancellationTokenSource();
        ClientSetup? setup = null;
        setup = await ClientSetup.StartAsync(dial: async _ =>
        {
            var socket = await setup!.DialAsync();
            await caller.CancelAsync();
            return socket;
        });
        await using var disposal = setup;
        await Should.ThrowAsync<OperationCanceledException>(setup.SendAsync(cancellationToken: caller.Token));
        setup.Simulator.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_who_leaves_while_connecting_gets_the_cancellation()
    {
        await using var setup = await ClientSetup.StartAsync();
        setup.Simulator.RefuseConnections = true;
        using var caller = new CancellationTokenSource();
        var call = setup.SendAsync(cancellationToken: caller.Token);
        await caller.CancelAsync();
        var exception = await Should.ThrowAsync<OperationCanceledException>(call);
        exception.CancellationToken.ShouldBe(caller.Token);
        await Should.ThrowAsync<OperationCanceledException>(setup.SendAsync(cancellationToken: caller.Token));
    }

    [Fact]
    public async Task Disposing_ends_connecting_with_proof_that_nothing_was_sent()
    {
        await using var setup = await ClientSetup.StartAsync();
        setup.Simulator.RefuseConnections = true;
        var call = setup.SendAsync();
        await setup.Client.DisposeAsync();
        await ClientSetup.FailAsync(call, WizardFailure.NotSent, "disposed");
    }

    [Fact]
    public async Task A_request_without_line_or_command_is_refused()
    {
        await using var setup = await ClientSetup.StartAsync();
        await Should.ThrowAsync<ArgumentException>(setup.Client.SendAsync(default));
        await Should.ThrowAsync<ArgumentException>(
            setup.Client.SendAsync(new WizardRequest(default, ClientSetup.Command, DateTimeOffset.MaxValue)));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_failure_to_connect()
    {
        await using var client = new WizardClient(new WizardOptions { Host = "no-such-host.invalid", MaxConnectRetries = 0 });
        var call = client.SendAsync(new WizardRequest(ClientSetup.Line, ClientSetup.Command, DateTimeOffset.MaxValue)).Within();
        await ClientSetup.FailAsync(call, WizardFailure.NotSent, "no-such-host.invalid:2000");
    }

    public static TheoryData<WizardOptions> Nonsense =>
    [
        new WizardOptions { Host = "" },
        new WizardOptions { Host = "a b" },
        new WizardOptions { Port = 0 },
        new WizardOptions { Port = 65536 },
        new WizardOptions { ConnectionMode = (ConnectionMode)7 },
        new WizardOptions { PooledConnectionIdleTimeout = TimeSpan.Zero },
        new WizardOptions { ConnectTimeout = TimeSpan.Zero },
        new WizardOptions { ConnectRetryDelay = Timeout.InfiniteTimeSpan },
        new WizardOptions { MaxConnectRetries = -1 },
        new WizardOptions { ResponseTimeout = TimeSpan.MaxValue },
    ];

    [Theory]
    [MemberData(nameof(Nonsense), DisableDiscoveryEnumeration = true)]
    public void Options_that_make_no_sense_are_refused(WizardOptions options) =>
        Should.Throw<ArgumentException>(() => new WizardClient(options)).Message.ShouldContain("WizardOptions.");

    [Theory]
    [InlineData(ConnectionMode.PerCommand)]
    [InlineData(ConnectionMode.PerLine)]
    public async Task What_speaks_against_a_command_is_asked_for_after_connecting_and_stops_its_first_byte(ConnectionMode mode)
    {
        await using var setup = await ClientSetup.StartAsync(mode);
        setup.Simulator.RefuseConnections = true;
        var fence = new CountingFence();
        var request = new WizardRequest(ClientSetup.Line, ClientSetup.Command, DateTimeOffset.MaxValue) { Fence = fence };
        var call = setup.Client.SendAsync(request).Within();
        await setup.Time.WaitForTimerAsync(Second); // The first attempt has failed.
        fence.Asked.ShouldBe(0);
        fence.Reason = "The leadership is lost.";
        setup.Simulator.RefuseConnections = false;
        setup.Time.Advance(Second);

        await ClientSetup.FailAsync(call, WizardFailure.NotSent,
            "The leadership is lost. The right to write was with a test, since 2026-01-02 03:04:05Z. Nothing was sent.");

        fence.Asked.ShouldBe(1);
        setup.Simulator.Requests.ShouldBeEmpty();
        fence.Reason = null;
        (await setup.Client.SendAsync(request).Within()).Text.ShouldBe("OK");
    }

    private sealed class CountingFence : Fence
    {
        public string? Reason { get; set; }

        public int Asked { get; private set; }

        public override string Holder => "a test";

        public override DateTimeOffset Since => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override string? LostReason
        {
            get
            {
                Asked++;
                return Reason;
            }
        }
    }
}
