using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;

namespace Ppv.Testing.Tests.Harness;

/// <summary>Several purchases on one call: a yes is never another purchase's, and what was cancelled is not taken for bought.</summary>
public sealed class SharedCallTests
{
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");

    [Theory]
    [InlineData(30, 2, false)]
    [InlineData(30, 2, true)]
    [InlineData(5, 6, false)]
    [InlineData(5, 6, true)]
    public async Task Of_purchases_at_a_time_each_that_is_bought_has_an_UP_of_its_own(int rounds, int atATime, bool ofSeveralClients)
    {
        await using var host = await StartHostAsync();
        using var others = await StartClientsAsync(host, atATime);
        for (var round = 0; round < rounds; round++)
        {
            var purchases = await Task.WhenAll(Enumerable.Range(0, atATime).Select(async number =>
            {
                var client = ofSeveralClients ? others.Services.GetRequiredKeyedService<IPpvClient>($"client {number}") : host.Client;
                var (ev, en) = ($"1{round:d3}{number}", $"9{round:d3}{number}");
                return (Event: ev, Subscriber: en, Result: await client.PurchaseAsync(Call, ev, en, key: $"key-{ev}").Within());
            }));

            foreach (var (ev, en, result) in purchases)
            {
                var booked = host.Wizard.Purchases.Where(purchase => purchase.Event == ev || purchase.Subscriber == en)
                    .Select(purchase => (purchase.Event, purchase.Subscriber)).ToList();
                if (result.IsBought) booked.ShouldBe([(ev, en)], $"{result}");
                else booked.ShouldBeEmpty($"{result}");
                result.Outcome.ShouldNotBe(RpcOutcome.Unknown, result.Reason);
            }
        }

        var last = await host.Client.PurchaseAsync(Call, "262193", "85165320", key: "alone").Within();
        last.IsBought.ShouldBeTrue("afterwards the call is as good as any other");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_purchase_that_was_cancelled_before_its_confirm_is_not_bought_by_the_next_one_on_its_call(bool byAnother,
        bool restart)
    {
        await using var host = await StartHostAsync();
        using var others = await StartClientsAsync(host, 1);
        await CancelBehindTheSubscriberAsync(host);
        (await host.Client.PurchaseAsync(Call, "222", "2", key: "b").Within()).IsBought.ShouldBeTrue();
        if (restart) await host.RestartWorkerAsync().Within();

        var client = byAnother ? others.Services.GetRequiredKeyedService<IPpvClient>("client 0") : host.Client;
        var again = await client.PurchaseAsync(Call, "111", "1", key: "a", isRepeat: byAnother).Within();

        again.IsBought.ShouldBe(host.Wizard.Purchases.Any(purchase => purchase is { Event: "111", Subscriber: "1" }), $"{again}");
        host.Wizard.Purchases.Count(purchase => purchase is { Event: "222", Subscriber: "2" }).ShouldBe(1);
        host.Wizard.Purchases.Count.ShouldBe(again.IsBought ? 2 : 1);
    }

    private static async Task CancelBehindTheSubscriberAsync(PpvTestHost host)
    {
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Subscriber, WizardBehavior.Normal with { Delay = TimeSpan.FromMilliseconds(
            300) });
        using var cancelled = new CancellationTokenSource();
        var buying = host.Client.PurchaseAsync(Call, "111", "1", key: "a", cancellationToken: cancelled.Token);
        var arrived = host.Wizard.WaitForRequestsAsync(2, Bounded.Token());
        if (await Task.WhenAny(arrived, buying) == buying) buying.Result.ShouldBeNull("it ended before Wizard was told the subscriber");
        await arrived;
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(buying.Within());
        host.Wizard.Script = null;
    }

    /// <summary>Nothing here waits for the end of a time: a busy machine has what it needs.</summary>
    private static Task<PpvTestHost> StartHostAsync() => PpvTestHost.StartAsync(options =>
    {
        options.RunGateway = false;
        options.ConfigureClient = client => client.Rpc.ReplyTimeout = TimeSpan.FromSeconds(30);
        options.ConfigureWorker = worker => worker.Wizard.ResponseTimeout = TimeSpan.FromSeconds(20);
    });

    private static async Task<IHost> StartClientsAsync(PpvTestHost host, int count)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        for (var number = 0; number < count; number++)
            builder.Services.AddPpvClient($"client {number}", _ => { });
        builder.Services.UseInMemoryBroker(host.Broker);
        var clients = builder.Build();
        await clients.StartAsync().Within();
        return clients;
    }
}
