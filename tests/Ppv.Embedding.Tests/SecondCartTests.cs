using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Embedding.Tests.Support;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Testing;

namespace Ppv.Embedding.Tests;

/// <summary>A second cart for what a customer has bought, or may have: a double click, a second tab, a page that lost its cart.</summary>
public sealed class SecondCartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task While_the_first_one_is_being_bought_a_second_cart_is_turned_away_in_another_process_too()
    {
        await using var host = await StartHostAsync();
        await using var one = new Shop(host, _folder.File());
        await using var two = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Event, WizardBehavior.Normal with { Delay = TimeSpan.FromMilliseconds(1500) });

        var first = one.BuyAsync("cart-1");
        await host.Wizard.WaitForRequestsAsync(1, Bounded.Token());
        var second = await two.BuyAsync("cart-2");

        (second.Status, second.State, second.IsAgain).ShouldBe((HttpStatusCode.Conflict, "unknown", true));
        (await first).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_bought_is_bought_again_only_for_who_says_so_and_again_once()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        await shop.BuyAsync("cart-1");

        var second = await shop.BuyAsync("cart-2");
        (second.Status, second.State, second.IsAgain).ShouldBe((HttpStatusCode.Conflict, "bought", true));
        host.Wizard.Purchases.Count.ShouldBe(1);

        (await shop.BuyAsync("cart-3", again: true)).State.ShouldBe("bought");
        (await shop.BuyAsync("cart-3", again: true)).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(2);
        (await shop.BuyAsync("cart-4")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Another_event_and_another_customer_are_purchases_of_their_own()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        await shop.BuyAsync("cart-1");
        (await shop.BuyAsync("cart-2", "262194")).State.ShouldBe("bought");
        (await shop.BuyAsync("cart-3", customer: "alex")).State.ShouldBe("bought");
        host.Wizard.Purchases.Select(purchase => purchase.Subscriber).ShouldBe([Shop.Subscriber, Shop.Subscriber, "85165321"]);
    }

    [Fact]
    public async Task What_was_refused_or_not_bought_stands_in_no_cart_s_way()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.Once(PpvCommandKind.Event, WizardBehavior.Normal with { ReplyText = "ER123" });
        (await shop.BuyAsync("cart-1")).State.ShouldBe("refused");
        host.Wizard.RefuseConnections = true;
        (await shop.BuyAsync("cart-2")).State.ShouldBe("notBought");
        host.Wizard.RefuseConnections = false;

        (await shop.BuyAsync("cart-3")).State.ShouldBe("bought");

        // The one that was not bought may not be bought any more either.
        (await shop.BuyAsync("cart-2")).Status.ShouldBe(HttpStatusCode.Conflict);
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.Conflict, "bought")]
    [InlineData(false, HttpStatusCode.OK, "bought")]
    public async Task What_became_of_the_first_cart_is_asked_before_the_second_one_is_turned_away(
        bool isBought, HttpStatusCode status, string state)
    {
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.RunGateway = false;
            options.ConfigureWorker = worker => worker.Wizard.ResponseTimeout = TimeSpan.FromSeconds(1);
        });
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.Once(PpvCommandKind.Confirm, WizardBehavior.Normal with { Stall = true });
        (await shop.BuyAsync("cart-1")).State.ShouldBe("unknown");
        await host.WorkerServices.GetRequiredService<IOrderJournal>().SettleAsync("cart-1.1.UP", isBought, "Looked up.");

        var second = await shop.BuyAsync("cart-2");

        (second.Status, second.State).ShouldBe((status, state));
    }

    private static Task<PpvTestHost> StartHostAsync() => PpvTestHost.StartAsync(options => options.RunGateway = false);
}
