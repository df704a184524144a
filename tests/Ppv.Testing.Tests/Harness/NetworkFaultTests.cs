using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;

namespace Ppv.Testing.Tests.Harness;

/// <summary>What failover and <c>LineRest</c> are for, as a user's test plays it.</summary>
public sealed class NetworkFaultTests
{
    private const string LateEvent = "262193", OtherEvent = "1569885";

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_that_is_executed_late_hits_whoever_has_its_line_by_then_unless_the_line_rests(bool rests)
    {
        var clock = new TestClock();
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.TimeProvider = clock;
            options.RunGateway = false;
            options.ConfigureWorker = worker =>
            {
                worker.Server.LastLine = 2;
                if (!rests) worker.Server.LineRest = TimeSpan.FromSeconds(1);
            };
        });
        host.Wizard.Script = WizardScript.Once(PpvCommandKind.Event, WizardBehavior.Normal with { Delay = Late, ExecuteLate = true });
        var executed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Wizard.RequestHandled = answer =>
        {
            if (answer.Request.Text.Contains(LateEvent, StringComparison.Ordinal)) executed.TrySetResult();
        };
        var first = host.Client.SendAsync(PpvOrder.Event(ConnectionId.Parse("1"), LateEvent));
        await host.Wizard.WaitForRequestsAsync(1, Bounded.Token());
        clock.Advance(TimeSpan.FromSeconds(2)); // Wizard.ResponseTimeout.
        (await first.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        clock.Advance(TimeSpan.FromSeconds(2));

        // The same line by the old formula, if it can be had.
        var call = ConnectionId.Parse("3");
        (await host.Client.SendAsync(PpvOrder.Event(call, OtherEvent)).Within()).Code.ShouldBe(ResultCodes.Ok);
        (await host.Client.SendAsync(PpvOrder.Subscriber(call, TestCall.SubscriberNumber)).Within()).Code.ShouldBe(ResultCodes.Ok);
        clock.Advance(Late);
        await executed.Task.Within();
        (await host.Client.SendAsync(PpvOrder.Confirm(call)).Within()).Code.ShouldBe(ResultCodes.Ok);

        host.Wizard.Purchases.Single().Event.ShouldBe(rests ? OtherEvent : LateEvent);
    }

    [Fact]
    public async Task With_two_brokers_the_other_one_is_used_while_the_first_is_down()
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunBackupBroker = true);
        (await BuyAsync(host, "cart-1")).IsBought.ShouldBeTrue();
        host.BackupBroker.ShouldNotBeSameAs(host.Broker);

        host.Broker.IsRunning = false;

        await BoughtAsync(host);
        host.Broker.Connections.ShouldBe(0);
        host.BackupBroker.Connections.ShouldBeGreaterThan(0);
        host.Wizard.Purchases.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Connections_through_which_nothing_passes_are_noticed_and_replaced()
    {
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.RunGateway = false;
            options.ConfigureClient = client => client.Rpc.ReplyTimeout = TimeSpan.FromSeconds(3);
        });
        var connections = host.Broker.Connections;

        host.Broker.FreezeConnections(TimeSpan.FromMilliseconds(200));

        host.Broker.Connections.ShouldBe(connections, "nobody was told");
        var event1 = await host.Client.SendAsync(PpvOrder.Event(ConnectionId.Parse("1"), OtherEvent)).Within();
        event1.Outcome.ShouldBeOneOf(RpcOutcome.Completed, RpcOutcome.NotExecuted, RpcOutcome.Unknown);
        await BoughtAsync(host);
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Orders_on_a_frozen_connection_are_not_executed_twice_when_it_is_replaced()
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunGateway = false);
        var call = ConnectionId.Parse("1");
        (await host.Client.SendAsync(PpvOrder.Event(call, OtherEvent)).Within()).Code.ShouldBe(ResultCodes.Ok);
        (await host.Client.SendAsync(PpvOrder.Subscriber(call, TestCall.SubscriberNumber)).Within()).Code.ShouldBe(ResultCodes.Ok);
        var booked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Wizard.Script = request =>
        {
            if (request.Command != PpvCommand.Confirm) return null;
            host.Broker.FreezeConnections(TimeSpan.FromMilliseconds(200)); // The answer is lost on its way.
            booked.TrySetResult();
            return null;
        };

        var confirmed = await host.Client.SendAsync(PpvOrder.Confirm(call)).Within();

        await booked.Task.Within();
        confirmed.Outcome.ShouldBeOneOf(RpcOutcome.Completed, RpcOutcome.Unknown);
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_host_with_one_broker_says_so()
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunGateway = false);
        Should.Throw<InvalidOperationException>(() => host.BackupBroker).Message.ShouldContain("RunBackupBroker");
        Should.Throw<ArgumentOutOfRangeException>(() => host.Broker.FreezeConnections(TimeSpan.Zero));
    }

    private static Task<PpvPurchaseResult> BuyAsync(PpvTestHost host, string key) => host.Client.PurchaseAsync(
        ConnectionId.Parse("1"), OtherEvent, TestCall.SubscriberNumber, key).Within();

    /// <summary>Tries until a purchase goes through: under a new key after each that did not reach anybody.</summary>
    private static async Task BoughtAsync(PpvTestHost host)
    {
        for (var i = 2; ; i++)
        {
            var result = await BuyAsync(host, $"cart-{i}");
            if (result.IsBought) return;
            result.Outcome.ShouldNotBe(RpcOutcome.Completed);
            (i < 50).ShouldBeTrue("it never came back");
        }
    }
}
