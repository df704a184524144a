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
    [InlineData("""{ "cart": "", "event": "" }""")]
    [InlineData("""{ "cart": "a cart", "event": " 262193" }""")]
    [InlineData("""{ "cart": "cart\n", "event": "1" }""")]
    public async Task Bad_input_is_answered_with_a_sentence_for_each_field(string body)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        await shop.SignInAsync();
        using var response = await shop.Http.PostAsync("/purchases", new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var answer = new ShopAnswer(
            response.StatusCode, await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(), Location: null);
        foreach (var field in (string[])["cart", "event"])
            answer.Errors.GetProperty(field)[0].GetString().ShouldNotBeNull().ShouldEndWith(".");
        host.Wizard.Requests.ShouldBeEmpty();
    }

    /// <summary>A page of somebody else's can have a name of its own lead to loopback.</summary>
    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("localhost:8080", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:8080", HttpStatusCode.OK)]
    [InlineData("[::1]:8080", HttpStatusCode.OK)]
    [InlineData("shop.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.example:8080", HttpStatusCode.BadRequest)]
    public async Task It_answers_to_names_of_this_machine_only(string name, HttpStatusCode status)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/films") { Headers = { Host = name } };
        using var response = await shop.Http.SendAsync(request);
        response.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("")]
    public async Task What_is_no_order_at_all_is_a_bad_request(string body)
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());

        await shop.SignInAsync();
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

        foreach (var file in (string[])["/", "/shop.js"]) (await shop.Http.GetStringAsync(file)).ShouldNotContain("://");
    }

    [Fact]
    public async Task Who_is_not_signed_in_neither_buys_nor_asks()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        await shop.BuyAsync();
        using var signedOut = await shop.Http.PostAsync("/sign-out", null);

        var body = new { cart = "cart-8", @event = "262194", subscriber = Shop.Subscriber };
        using var bought = await shop.Http.PostAsJsonAsync("/purchases", body);
        using var found = await shop.Http.GetAsync("/purchases/cart-7");
        using var wrong = await shop.Http.PostAsJsonAsync("/sign-in", new { name = "kim", password = "" });
        using var nobody = await shop.Http.PostAsJsonAsync("/sign-in", new { name = "nobody", password = "" });

        foreach (var answer in (HttpResponseMessage[])[bought, found, wrong, nobody])
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_customer_sees_no_carts_but_his_own()
    {
        await using var host = await StartHostAsync();
        await using var shop = new Shop(host, _folder.File());
        await shop.BuyAsync();
        (await shop.FindAsync(customer: "alex")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<PpvTestHost> StartHostAsync() => PpvTestHost.StartAsync(options => options.RunGateway = false);
}
