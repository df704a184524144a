using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;

namespace Ppv.Testing.Tests.Harness;

public sealed class PpvTestHostTests
{
    [Fact]
    public async Task A_call_over_HTTP_is_booked()
    {
        await using var host = await PpvTestHost.StartAsync();
        using var http = host.CreateHttpClient();

        foreach (var order in TestCall.Orders("012703395c597610"))
        {
            using var body = new ByteArrayContent(OrderJson.ToRequestBytes(order));
            using var response = await http.PostAsync("/api/v1/ppv", body).Within();
            (await response.Content.ReadAsStringAsync()).ShouldBe("""{"callresult":"OK"}""");
            response.Headers.GetValues("X-Ppv-Outcome").ShouldBe(["Completed"]);
        }

        var purchase = host.Wizard.Purchases.ShouldHaveSingleItem();
        (purchase.Event, purchase.Subscriber).ShouldBe((TestCall.EventNumber, TestCall.SubscriberNumber));
        host.GatewayAddress.Host.ShouldBe("127.0.0.1");
        using var health = await http.GetAsync(new Uri("/health/ready", UriKind.Relative)).Within();
        health.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_over_the_client_is_booked_with_and_without_a_gateway(bool runGateway)
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunGateway = runGateway);

        foreach (var order in TestCall.Orders("1")) (await host.Client.SendAsync(order).Within()).Code.ShouldBe("OK");

        host.Wizard.Purchases.Count.ShouldBe(1);
        if (runGateway) host.GatewayAddress.IsAbsoluteUri.ShouldBeTrue();
        else Should.Throw<InvalidOperationException>(() => host.GatewayAddress).Message.ShouldContain("RunGateway");
    }

    [Fact]
    public async Task Two_hosts_at_once_do_not_disturb_each_other()
    {
        await using var one = await PpvTestHost.StartAsync();
        await using var other = await PpvTestHost.StartAsync();

        foreach (var order in TestCall.Orders("1")) (await one.Client.SendAsync(order).Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        (await other.Client.SendAsync(PpvOrder.Confirm(ConnectionId.Parse("1"))).Within()).Outcome.ShouldBe(RpcOutcome.NotExecuted);
        one.Broker.IsRunning = false;
        foreach (var order in TestCall.Orders("2")) (await other.Client.SendAsync(order).Within()).Outcome.ShouldBe(RpcOutcome.Completed);

        (one.Wizard.Purchases.Count, other.Wizard.Purchases.Count).ShouldBe((1, 1));
        one.GatewayAddress.ShouldNotBe(other.GatewayAddress);
    }

    [Fact]
    public async Task An_application_of_the_tests_own_takes_part_over_the_broker()
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunGateway = false);
        await using var shop = new ServiceCollection().AddPpvClient().UseInMemoryBroker(host.Broker).BuildServiceProvider();

        foreach (var order in TestCall.Orders("1"))
            (await shop.GetRequiredService<IPpvClient>().SendAsync(order).Within()).Outcome.ShouldBe(RpcOutcome.Completed);

        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Services_of_the_tests_own_are_there_and_win_over_ours()
    {
        var wizard = new RefusingWizard();
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.ConfigureServices = services => services.AddSingleton(new StringBuilder("mine"));
            options.ConfigureWorkerServices = services => services.AddSingleton<IWizardClient>(wizard);
        });

        (await host.Client.SendAsync(TestCall.Orders("1")[0]).Within()).Code.ShouldBe("ER777");

        host.Services.GetRequiredService<StringBuilder>().ToString().ShouldBe("mine");
        host.WorkerServices.GetRequiredService<IWizardClient>().ShouldBeSameAs(wizard);
        host.Wizard.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Orders_are_answered_while_the_clock_stands_still_and_deadlines_go_by_it()
    {
        var clock = new TestClock();
        await using var host = await PpvTestHost.StartAsync(options => options.TimeProvider = clock);
        (await host.Client.SendAsync(TestCall.Orders("1")[0]).Within()).Outcome.ShouldBe(RpcOutcome.Completed);
        await host.StopWorkerAsync().Within();

        var unanswered = host.Client.SendAsync(TestCall.Orders("1")[1]);
        unanswered.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(5));

        (await unanswered.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    [Fact]
    public async Task An_option_out_of_its_range_is_named()
    {
        (await Should.ThrowAsync<OptionsValidationException>(PpvTestHost.StartAsync(
            options => options.ConfigureWorker = worker => worker.Server.FirstLine = 0))).Message.ShouldContain("Ppv:Server:FirstLine");
        (await Should.ThrowAsync<OptionsValidationException>(PpvTestHost.StartAsync(
            options => options.ConfigureClient = client => client.Rpc.MaxPendingRequests = 0))).Message.ShouldContain(
            "Ppv:Rpc:MaxPendingRequests");
        (await Should.ThrowAsync<ArgumentException>(PpvTestHost.StartAsync(
            options => options.StopTimeout = TimeSpan.Zero))).Message.ShouldContain("StopTimeout is 00:00:00. Set it to");
    }

    [Fact]
    public async Task A_worker_on_another_queue_than_the_client_is_told()
    {
        var refused = await Should.ThrowAsync<InvalidOperationException>(PpvTestHost.StartAsync(
            options => options.ConfigureWorker = worker => worker.Rpc.Queue = "other"));

        refused.Message.ShouldContain("'other'");
        refused.Message.ShouldContain("'prod.ppv.kfs'");
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.ConfigureClient = client => client.Rpc.Queue = "other";
            options.ConfigureWorker = worker => worker.Rpc.Queue = "other";
        });
        (await host.Client.SendAsync(TestCall.Orders("1")[0]).Within()).Outcome.ShouldBe(RpcOutcome.Completed);
    }

    private sealed class RefusingWizard : IWizardClient
    {
        public Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult(new WizardReply(request.Line, "ER777"));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
