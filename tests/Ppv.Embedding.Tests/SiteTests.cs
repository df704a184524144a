using System.Net;
using System.Net.Http.Json;
using System.Text;
using Ppv.Embedding.Tests.Support;
using Ppv.Testing;

namespace Ppv.Embedding.Tests;

/// <summary>What the shop says without buying: bad input, health, its page.</summary>
public sealed class SiteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ }""")]
    [InlineData("""{ "cart": "", "event": "", "subscriber": "" }""")]
    [InlineData("""{ "cart": "a cart", "event": " 1", "subscriber": "it's" }""")]
    [InlineData("""{ "cart": "cart\n", "event": "123456789012345678901", "subscriber": "Käufer" }""")]
    public async Task Bad_input_is_answered_with_a_sentence_for_each_field(string body)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        using var response = await shop.Http.PostAsync("/purchases", new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var answer = new ShopAnswer(
            response.StatusCode, await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(), Location: null);
        foreach (var field in (string[])["cart", "event", "subscriber"])
            answer.Errors.GetProperty(field)[0].GetString().ShouldNotBeNull().ShouldEndWith(".");
        host.Wizard.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("")]
    public async Task What_is_no_order_at_all_is_a_bad_request(string body)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        using var response = await shop.Http.PostAsync("/purchases", new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_cart_has_the_longest_name_that_fits_into_a_key()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        (await shop.BuyAsync(new string('c', 50))).State.ShouldBe("bought");
        (await shop.BuyAsync(new string('c', 51))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("cart-8")]
    [InlineData("a%20cart")]
    public async Task A_cart_that_nobody_has_begun_is_not_found(string cart)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        (await shop.FindAsync(cart)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_shop_is_healthy_while_orders_can_pass()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        await shop.WaitForHealthAsync(isHealthy: true);
        host.Broker.IsRunning = false;
        await shop.WaitForHealthAsync(isHealthy: false);
        host.Broker.IsRunning = true;
        await shop.WaitForHealthAsync(isHealthy: true);
    }

    [Fact]
    public async Task The_page_is_served_and_loads_nothing_from_elsewhere()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        var page = await shop.Http.GetStringAsync("/");

        page.ShouldContain("fetch('/purchases'");
        page.ShouldNotContain("://");
    }

    private static Task<PpvTestHost> StartHostAsync() => PpvTestHost.StartAsync(options => options.RunGateway = false);
}
