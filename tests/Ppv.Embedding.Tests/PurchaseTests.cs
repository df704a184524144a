using System.Net;
using System.Net.Http.Json;
using Ppv.Embedding.Tests.Support;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Testing;

namespace Ppv.Embedding.Tests;

/// <summary>What a customer of the shop gets, and what the billing system books.</summary>
public sealed class PurchaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_purchase_is_booked_and_answered_as_bought()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        var answer = await shop.BuyAsync();

        (answer.Status, answer.State).ShouldBe((HttpStatusCode.OK, "bought"));
        host.Wizard.Purchases.Select(purchase => (purchase.Event, purchase.Subscriber)).ShouldBe([(Shop.Event, Shop.Subscriber)]);
        (await shop.FindAsync()).State.ShouldBe("bought");
    }

    [Fact]
    public async Task Two_carts_are_two_purchases()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        var answers = await Task.WhenAll(shop.BuyAsync("cart-1"), shop.BuyAsync("cart-2", "262194"));

        answers.Select(answer => answer.State).ShouldBe(["bought", "bought"]);
        host.Wizard.Purchases.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_waits_for_a_customer_who_left_but_the_purchase_is_made_and_remembered()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Event, Slow);

        using var browser = new CancellationTokenSource();
        await shop.SignInAsync();
        var body = new { cart = "cart-7", @event = Shop.Event };
        var buying = shop.Http.PostAsJsonAsync("/purchases", body, browser.Token);
        await host.Wizard.WaitForRequestsAsync(1, Bounded.Token());
        await browser.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(buying.Within());

        (await shop.BuyAsync()).State.ShouldBe("bought");
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(PpvCommandKind.Event)]
    [InlineData(PpvCommandKind.Subscriber)]
    [InlineData(PpvCommandKind.Confirm)]
    public async Task What_the_billing_system_refuses_is_refused_with_its_code(PpvCommandKind refused)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.Once(refused, WizardBehavior.Normal with { ReplyText = "ER123" });

        var first = await shop.BuyAsync();
        var again = await shop.BuyAsync();

        foreach (var answer in (ShopAnswer[])[first, again])
        {
            (answer.Status, answer.State, answer.Code).ShouldBe((HttpStatusCode.UnprocessableEntity, "refused", "ER123"));
            answer.Message.ShouldContain("ER123");
        }

        (await shop.FindAsync()).State.ShouldBe("refused");
        host.Wizard.Purchases.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_event_or_subscriber_under_the_same_cart_is_turned_away()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        (await shop.BuyAsync()).State.ShouldBe("bought");

        var otherEvent = await shop.BuyAsync(number: "262194");
        var otherSubscriber = await shop.BuyAsync(customer: "alex");

        foreach (var answer in (ShopAnswer[])[otherEvent, otherSubscriber])
        {
            answer.Status.ShouldBe(HttpStatusCode.Conflict);
            answer.Message.ShouldContain("Take a new cart");
        }

        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_event_under_a_cart_that_is_being_bought_is_turned_away_at_once()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Event, Slow);

        var buying = shop.BuyAsync();
        await host.Wizard.WaitForRequestsAsync(1, Bounded.Token());

        (await shop.BuyAsync(number: "262194")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await buying).State.ShouldBe("bought");
        host.Wizard.Purchases.Select(purchase => purchase.Event).ShouldBe([Shop.Event]);
    }

    [Fact]
    public async Task The_subscriber_number_is_in_no_log()
    {
        await using var host = await StartHostAsync();
        using var log = new TextLog();
        await using var shop = new Shop(host, _folder.File(), log);
        host.Wizard.Script = WizardScript.Once(PpvCommandKind.Subscriber, WizardBehavior.Normal with { ReplyText = "ER123" });

        await shop.BuyAsync("cart-1");
        await shop.BuyAsync("cart-2", again: true);
        await shop.FindAsync("cart-2");

        log.Lines.ShouldContain(line => line.Contains("Purchase cart-2.1: Completed"));
        log.Lines.Where(line => line.Contains(Shop.Subscriber)).ShouldBeEmpty();
    }

    private static WizardBehavior Slow => WizardBehavior.Normal with { Delay = TimeSpan.FromMilliseconds(500) };

    private static Task<PpvTestHost> StartHostAsync() => PpvTestHost.StartAsync(options => options.RunGateway = false);
}
