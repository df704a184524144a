using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;

namespace Ppv.Testing.Tests.Harness;

/// <summary>The faults that a <see cref="PpvTestHost"/> plays, and its end in the middle of them.</summary>
public sealed class FaultTests
{
    private static readonly WizardBehavior Stall = WizardBehavior.Normal with { Stall = true };

    [Fact]
    public async Task A_confirm_on_which_Wizard_stalls_is_unknown_and_listed()
    {
        var clock = new TestClock();
        await using var host = await PpvTestHost.StartAsync(options => options.TimeProvider = clock);
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Confirm, Stall);

        var confirming = PlaceAsync(host, "1");
        await host.Wizard.WaitForPurchasesAsync(1, Bounded.Token());
        clock.Advance(TimeSpan.FromSeconds(2)); // Wizard.ResponseTimeout.

        var confirmed = await confirming.Within();
        confirmed.Outcome.ShouldBe(RpcOutcome.Unknown);
        confirmed.Reason.ShouldNotBeNull().ShouldContain("timed out");
        host.Wizard.Purchases.Count.ShouldBe(1);
        (await host.Client.GetStatusAsync(confirmed.OrderId).Within()).State.ShouldBe(PpvOrderState.Unknown);
        (await host.WorkerServices.GetRequiredService<IOrderJournal>().UnknownsAsync()).Select(entry => entry.Order.Id)
            .ShouldBe([confirmed.OrderId]);
    }

    [Fact]
    public async Task A_purchase_that_Wizard_booked_in_silence_is_not_bought_again_by_a_worker_that_was_restarted()
    {
        await using var host = await PpvTestHost.StartAsync();
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Confirm, WizardBehavior.Normal with { ResetAfterBooking = true });

        var first = await BuyAsync(isRepeat: false).Within();
        await host.RestartWorkerAsync().Within();
        host.Wizard.Script = null;
        var again = await BuyAsync(isRepeat: true).Within();

        (first.Outcome, first.Step).ShouldBe((RpcOutcome.Unknown, PpvPurchaseStep.Confirm));
        again.Outcome.ShouldBe(RpcOutcome.Unknown);
        host.Wizard.Purchases.Count.ShouldBe(1);

        Task<PpvPurchaseResult> BuyAsync(bool isRepeat) => host.Client.PurchaseAsync(
            ConnectionId.Parse("1"), TestCall.EventNumber, TestCall.SubscriberNumber, key: "cart-7", isRepeat);
    }

    [Fact]
    public async Task Without_a_broker_an_order_is_not_executed_and_afterwards_all_is_well()
    {
        await using var host = await PpvTestHost.StartAsync(options =>
            options.ConfigureClient = client => client.Rpc.ConnectionWait = TimeSpan.FromMilliseconds(100));

        host.Broker.IsRunning = false;
        var refused = await host.Client.SendAsync(TestCall.Orders("1")[0]).Within();
        refused.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        // And what the client met last: that it was lost, or, if it had time to try again, that it is not running.
        refused.Reason.ShouldNotBeNull().ShouldStartWith("There is no connection to the broker.");
        (await Should.ThrowAsync<InvalidOperationException>(host.RestartWorkerAsync())).Message.ShouldContain("IsRunning");

        host.Broker.IsRunning = true;
        await host.RestartWorkerAsync().Within();
        var limit = Bounded.Token();
        PpvResult answer;
        do
        {
            // Until the client has found it again.
            answer = await host.Client.SendAsync(TestCall.Orders("1")[0], limit).Within();
        }
        while (answer.Outcome == RpcOutcome.NotExecuted);
        answer.Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Fact]
    public async Task A_worker_that_is_restarted_goes_on_with_the_call()
    {
        await using var host = await PpvTestHost.StartAsync();
        var orders = TestCall.Orders("1");
        foreach (var order in orders.Take(2)) await host.Client.SendAsync(order).Within();
        var before = host.WorkerServices;

        await host.RestartWorkerAsync().Within();

        host.WorkerServices.ShouldNotBeSameAs(before);
        (await host.Client.SendAsync(orders[2]).Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        host.Wizard.Purchases.Count.ShouldBe(1);
        (await host.Client.GetStatusAsync(orders[0].Id).Within()).State.ShouldBe(PpvOrderState.Completed, "the journal is the same");
    }

    [Fact]
    public async Task A_confirm_that_a_restart_cuts_off_is_unknown_and_not_sent_again()
    {
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.StopTimeout = TimeSpan.FromMilliseconds(100);
            options.ConfigureWorker = worker => worker.Wizard.ResponseTimeout = TimeSpan.FromMinutes(1);
        });
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Confirm, Stall);
        var confirming = PlaceAsync(host, "1");
        await host.Wizard.WaitForPurchasesAsync(1, Bounded.Token());

        await host.RestartWorkerAsync().Within();

        (await confirming.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        (await host.Client.SendAsync(TestCall.Orders("1")[2]).Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        host.Wizard.Requests.Count(request => request.Command == PpvCommand.Confirm).ShouldBe(1);
    }

    [Fact]
    public async Task Orders_wait_in_the_queue_for_a_stopped_worker()
    {
        await using var host = await PpvTestHost.StartAsync();
        await host.StopWorkerAsync().Within();
        await host.StopWorkerAsync().Within();
        Should.Throw<InvalidOperationException>(() => host.WorkerServices).Message.ShouldContain("StartWorkerAsync");

        var waiting = host.Client.SendAsync(TestCall.Orders("1")[0]);
        host.Wizard.Requests.ShouldBeEmpty();
        await host.StartWorkerAsync().Within();
        await host.StartWorkerAsync().Within();

        (await waiting.Within()).Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_the_host_ends_what_is_under_way_though_the_clock_stands_still(bool isBrokerRunning)
    {
        var host = await PpvTestHost.StartAsync(
            options => (options.TimeProvider, options.StopTimeout) = (new TestClock(), TimeSpan.FromMinutes(10)));
        using var http = host.CreateHttpClient();
        host.Wizard.Script = _ => Stall;
        var ordering = host.Client.SendAsync(TestCall.Orders("1")[0]);
        using var body = new ByteArrayContent(OrderJson.ToRequestBytes(TestCall.Orders("2")[0]));
        var calling = http.PostAsync("/api/v1/ppv", body);
        await host.Wizard.WaitForRequestsAsync(2, Bounded.Token());
        host.Broker.IsRunning = isBrokerRunning;

        await host.DisposeAsync().AsTask().Within();
        await host.DisposeAsync().AsTask().Within();

        (await ordering.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        using var response = await calling.Within();
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"callresult":"ER995"}""");
        await Should.ThrowAsync<ObjectDisposedException>(host.StartWorkerAsync());
    }

    [Fact]
    public async Task What_a_script_has_thrown_is_told_at_the_end_when_all_is_stopped()
    {
        var host = await PpvTestHost.StartAsync();
        host.Wizard.Script = _ => throw new InvalidOperationException("The script is wrong.");
        (await host.Client.SendAsync(TestCall.Orders("1")[0]).Within()).Outcome.ShouldBe(RpcOutcome.Unknown);

        var told = await Should.ThrowAsync<InvalidOperationException>(async () => await host.DisposeAsync());
        told.Message.ShouldBe("The script is wrong.");

        host.Broker.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_script_for_one_kind_of_command_leaves_the_others_alone_and_once_is_once()
    {
        await using var host = await PpvTestHost.StartAsync();
        host.Wizard.Script = WizardScript.Once(PpvCommandKind.Event, WizardBehavior.Normal with { ReplyText = "ER123" });
        var orders = TestCall.Orders("1");

        (await host.Client.SendAsync(orders[0]).Within()).Code.ShouldBe("ER123");
        (await host.Client.SendAsync(TestCall.Orders("1")[0]).Within()).Code.ShouldBe("OK");
        (await host.Client.SendAsync(orders[1]).Within()).Code.ShouldBe("OK");
    }

    /// <summary>Places a whole call.</summary>
    /// <returns>What became of its confirm.</returns>
    private static async Task<PpvResult> PlaceAsync(PpvTestHost host, string connid)
    {
        var orders = TestCall.Orders(connid);
        foreach (var order in orders.Take(2)) (await host.Client.SendAsync(order).Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        return await host.Client.SendAsync(orders[2]).Within();
    }
}
