using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Embedding.Tests.Support;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Samples.Embedding;
using Ppv.Testing;

namespace Ppv.Embedding.Tests;

/// <summary>A cart that is asked for more than once is bought once, whatever happened in between.</summary>
public sealed class RepeatTests : IDisposable
{
    private static readonly WizardBehavior Slow = WizardBehavior.Normal with { Delay = TimeSpan.FromMilliseconds(500) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_click_waits_for_the_first_ones_answer()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Event, Slow);

        var first = shop.BuyAsync();
        await host.Wizard.WaitForRequestsAsync(1, Bounded.Token());
        var second = shop.BuyAsync();

        (await Task.WhenAll(first, second)).Select(answer => (answer.Status, answer.State))
            .ShouldBe([(HttpStatusCode.OK, "bought"), (HttpStatusCode.OK, "bought")]);
        host.Wizard.Purchases.Count.ShouldBe(1);
        host.Wizard.Requests.Count.ShouldBe(3, "EV, EN and UP of one purchase");
    }

    [Fact]
    public async Task Two_processes_of_the_shop_that_share_their_record_buy_once()
    {
        await using var host = await StartHostAsync();
        await using var one = new Shop(host, _folder.File());
        await using var two = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Confirm, Slow);

        var first = one.BuyAsync();
        await host.Wizard.WaitForRequestsAsync(3, Bounded.Token());
        var second = two.BuyAsync();

        (await Task.WhenAll(first, second)).Select(answer => answer.State).ShouldBe(["bought", "bought"]);
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task After_a_restart_of_the_shop_the_answer_is_the_same()
    {
        await using var host = await StartHostAsync();
        await using (var before = new Shop(host, _folder.File())) (await before.BuyAsync()).State.ShouldBe("bought");

        await using var after = new Shop(host, _folder.File());

        (await after.BuyAsync()).State.ShouldBe("bought");
        (await after.FindAsync()).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shop_that_was_killed_while_it_bought_learns_the_answer_afterwards(bool isAskedToBuy)
    {
        await using var host = await StartHostAsync();
        var left = await LeftByAShopThatWasKilledAsync(host);

        await using var after = new Shop(host, left);
        var answer = isAskedToBuy ? await after.BuyAsync() : await after.FindAsync();

        (answer.Status, answer.State).ShouldBe((HttpStatusCode.OK, "bought"));
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_shop_that_was_killed_while_it_bought_does_not_call_it_not_bought_because_the_broker_is_down()
    {
        await using var host = await StartHostAsync();
        var left = await LeftByAShopThatWasKilledAsync(host);

        host.Broker.IsRunning = false;
        await using var after = new Shop(host, left);
        (await after.BuyAsync()).Status.ShouldBe(HttpStatusCode.Accepted);

        host.Broker.IsRunning = true;
        await host.RestartWorkerAsync().Within();
        await after.WaitForHealthAsync(isHealthy: true);
        (await after.BuyAsync()).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_processes_of_the_shop_do_not_say_that_nothing_was_bought_while_the_other_one_may_buy()
    {
        await using var host = await StartHostAsync();
        await using var one = new Shop(host, _folder.File());
        await using var two = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Event, WizardBehavior.Normal with { ReplyText = "ER123" });
        await host.StopWorkerAsync().Within();

        var first = one.BuyAsync();
        await WaitForRecordAsync(cart => cart is not null);
        var second = two.BuyAsync();
        await WaitForRecordAsync(cart => cart is { IsRepeat: true });
        await host.StartWorkerAsync().Within();

        (await Task.WhenAll(first, second)).Select(answer => answer.State).ShouldBe(["unknown", "unknown"]);
        host.Wizard.Purchases.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK, "bought", 1)]
    [InlineData(false, HttpStatusCode.ServiceUnavailable, "notBought", 2)]
    public async Task What_was_booked_in_silence_is_unknown_until_it_is_settled(
        bool isBought, HttpStatusCode status, string state, int purchases)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.Once(PpvCommandKind.Confirm, WizardBehavior.Normal with { Stall = true });

        var bought = await shop.BuyAsync();
        (bought.Status, bought.State, bought.Location).ShouldBe((HttpStatusCode.Accepted, "unknown", "/purchases/cart-7"));
        (await shop.FindAsync()).State.ShouldBe("unknown");
        (await shop.BuyAsync()).Status.ShouldBe(HttpStatusCode.Accepted);
        host.Wizard.Purchases.Count.ShouldBe(1);

        var journal = host.WorkerServices.GetRequiredService<IOrderJournal>();
        var unknown = (await journal.UnknownsAsync()).ShouldHaveSingleItem();
        await journal.SettleAsync(unknown.Order.Id, isBought, "Looked up in the billing system.");

        var settled = await shop.BuyAsync();
        (settled.Status, settled.State).ShouldBe((status, state));
        (await shop.FindAsync()).State.ShouldBe(state);
        (await shop.BuyAsync()).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(purchases);
    }

    [Fact]
    public async Task A_settled_purchase_is_found_without_buying()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Confirm, WizardBehavior.Normal with { Stall = true });
        await shop.BuyAsync();

        await host.WorkerServices.GetRequiredService<IOrderJournal>().SettleAsync("cart-7.1.UP", bought: true, "Looked up.");

        (await shop.FindAsync()).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_broker_nothing_is_bought_and_the_same_cart_is_bought_once_afterwards()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        await shop.WaitForHealthAsync(isHealthy: true);
        host.Broker.IsRunning = false;
        await shop.WaitForHealthAsync(isHealthy: false);

        var without = await shop.BuyAsync();
        (without.Status, without.State).ShouldBe((HttpStatusCode.ServiceUnavailable, "notBought"));
        (await shop.FindAsync()).State.ShouldBe("notBought");

        host.Broker.IsRunning = true;
        await host.RestartWorkerAsync().Within();
        await shop.WaitForHealthAsync(isHealthy: true);
        (await shop.BuyAsync()).State.ShouldBe("bought");
        (await shop.BuyAsync()).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_the_billing_system_is_away_nothing_is_bought_and_the_same_cart_is_bought_once_afterwards()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.RefuseConnections = true;
        (await shop.BuyAsync()).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);

        host.Wizard.RefuseConnections = false;

        (await shop.BuyAsync()).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    /// <summary>Buys, and gives the record that the shop would have left behind, killed while the billing system booked.</summary>
    private async Task<string> LeftByAShopThatWasKilledAsync(PpvTestHost host)
    {
        var left = _folder.File("left.db");
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = request =>
        {
            if (request.Command?.Kind == PpvCommandKind.Confirm) File.Copy(_folder.File(), left);
            return null;
        };
        (await shop.BuyAsync()).State.ShouldBe("bought");
        host.Wizard.Script = null;
        return left;
    }

    private async Task WaitForRecordAsync(Func<Cart?, bool> isThere)
    {
        var carts = new CartStore(_folder.File());
        var limit = Bounded.Token();
        while (!isThere(carts.Find("cart-7"))) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit);
    }

    private static Task<PpvTestHost> StartHostAsync() => PpvTestHost.StartAsync(options =>
    {
        options.RunGateway = false;
        options.ConfigureWorker = worker => worker.Wizard.ResponseTimeout = TimeSpan.FromSeconds(1);
    });
}
