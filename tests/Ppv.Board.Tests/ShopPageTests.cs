using Ppv.Embedding.Tests.Support;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Board.Tests;

/// <summary>The page of samples/Embedding in a browser: whoever clicks more than once, or in two tabs, buys once.</summary>
public sealed class ShopPageTests(Browser browser) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_clicks_and_a_second_tab_buy_once_and_only_who_says_so_buys_again()
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunGateway = false);
        await using var shop = new Shop(host, _folder.File(), isListening: true);
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Event, WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(1) });
        await using var page = await SignInAsync(shop);

        page.Script<object?>("for (let i = 0; i < 3; i++) document.getElementById('buy').click()");
        page.Is("document.getElementById('buy').disabled").ShouldBeTrue();
        await using (var second = await browser.OpenAsync(shop.Address))
        {
            await second.UntilAsync("!document.getElementById('order').hidden");
            second.Click("#buy");
            await second.UntilAsync("!document.getElementById('buy').disabled");
            second.Text("#outcome").ShouldSatisfyAllConditions(text => text.ShouldContain("ought"), text => text.ShouldNotContain("wrong"));
            page.LookBack();
        }

        await page.UntilTextAsync("#outcome", "Bought. Enjoy!");
        page.Click("#buy");
        await page.UntilAsync("!document.getElementById('buy').disabled");
        page.Text("#outcome").ShouldBe("Bought. Enjoy!");
        host.Wizard.Purchases.Select(purchase => purchase.Subscriber).ShouldBe([Shop.Subscriber]);

        page.Click("#again");
        await page.UntilAsync("document.getElementById('buy').disabled || !document.getElementById('again').hidden");
        await page.UntilTextAsync("#outcome", "Bought. Enjoy!");
        host.Wizard.Purchases.Count.ShouldBe(2);
        page.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_browser_that_has_lost_its_cart_is_told_that_it_has_bought()
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunGateway = false);
        await using var shop = new Shop(host, _folder.File(), isListening: true);
        await shop.BuyAsync("web-1");
        await using var page = await SignInAsync(shop);

        page.Click("#buy");

        await page.UntilTextAsync("#outcome", "You have bought this already.");
        page.Is("document.getElementById('again').hidden").ShouldBeFalse();
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    private async Task<Tab> SignInAsync(Shop shop)
    {
        var page = await browser.OpenAsync(shop.Address);
        // A cookie is the host's, whatever the port: who has signed in at the shop of the test before is known here too.
        await page.UntilAsync("!document.getElementById('sign-in').hidden || !document.getElementById('order').hidden");
        page.Script<object?>("""
            document.querySelector('[name=name]').value = 'kim';
            document.querySelector('[name=password]').value = 'film night';
            document.querySelector('#sign-in button').click();
            """);
        await page.UntilAsync("!document.getElementById('order').hidden && document.querySelector('[name=event]')");
        return page;
    }
}
