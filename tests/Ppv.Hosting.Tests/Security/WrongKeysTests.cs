using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>Who guesses keys is slowed down, fills no log and locks nobody out.</summary>
public sealed class WrongKeysTests
{
    private const string Order = """{"content":{"connid":"1","EV":"2"}}""";
    private const string IvrKey = "the-key-of-the-ivr", ShopKey = "the-key-of-the-shop";
    private const string Here = "127.0.0.1", Stranger = "203.0.113.9", Neighbour = "203.0.113.10";

    [Fact]
    public async Task Beyond_the_limit_an_address_is_told_429_and_its_keys_are_not_compared()
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 100; i++) (await AskAsync(gateway, $"a-wrong-key-{i:0000}", Stranger)).ShouldBe(HttpStatusCode.Unauthorized);

        using var response = await SendAsync(gateway, "a-wrong-key-of-many", Stranger);
        await response.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await AskAsync(gateway, "a-wrong-key-of-many", Neighbour)).ShouldBe(HttpStatusCode.Unauthorized, "another address has its own");

        gateway.Clock!.Advance(TimeSpan.FromSeconds(0.1));
        (await AskAsync(gateway, "a-wrong-key-of-many", Stranger)).ShouldBe(HttpStatusCode.Unauthorized, "ten a second");
        (await AskAsync(gateway, "a-wrong-key-of-many", Stranger)).ShouldBe(HttpStatusCode.TooManyRequests);
        gateway.Clock.Advance(TimeSpan.FromSeconds(0.1));
        (await AskAsync(gateway, IvrKey, Stranger)).ShouldBe(HttpStatusCode.OK);
        gateway.Client.Orders.Count.ShouldBe(1);
    }

    /// <summary>As after a restart, or behind a network that a guesser shares.</summary>
    [Fact]
    public async Task A_right_key_from_a_flooded_address_where_it_was_never_seen_is_served_all_the_same()
    {
        await using var gateway = await StartAsync();
        await FloodAsync(gateway, Stranger);
        (await AskAsync(gateway, "a-wrong-key-of-many", Stranger)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(gateway, ShopKey, Stranger)).ShouldBe(HttpStatusCode.OK);

        await FloodAsync(gateway, Stranger, times: 200);
        (await AskAsync(gateway, ShopKey, Stranger)).ShouldBe(HttpStatusCode.OK, "it is known there by now");
        gateway.Client.Orders.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Of_what_comes_beyond_the_limit_no_more_is_compared_in_all_than_one_address_may_show()
    {
        await using var gateway = await StartAsync();
        foreach (var from in (string[])[Stranger, Neighbour]) await FloodAsync(gateway, from, times: 150); // Both use it up.
        (await AskAsync(gateway, IvrKey, Stranger)).ShouldBe(HttpStatusCode.TooManyRequests, "it is not compared: it could be a guess");
        (await AskAsync(gateway, IvrKey, Neighbour)).ShouldBe(HttpStatusCode.TooManyRequests);
        gateway.Client.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_as_long_as_no_key_uses_none_of_it_up()
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 300; i++) await AskAsync(gateway, "a-wrong-key-as-long-as-no-other", Stranger);
        (await AskAsync(gateway, IvrKey, Stranger)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_that_was_shown_from_there_before_goes_on_being_served_and_another_one_is_not()
    {
        await using var gateway = await StartAsync();
        (await AskAsync(gateway, IvrKey, Stranger)).ShouldBe(HttpStatusCode.OK);
        await FloodAsync(gateway, Stranger, times: 210);

        (await AskAsync(gateway, IvrKey, Stranger)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(gateway, ShopKey, Stranger)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(gateway, ShopKey, Neighbour)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Behind a proxy that is not known all callers have its address.</summary>
    [Fact]
    public async Task From_this_machine_a_key_is_always_served_and_a_wrong_one_is_429()
    {
        await using var gateway = await StartAsync();
        await FloodAsync(gateway, Here);
        (await AskAsync(gateway, "a-wrong-key-of-many", Here)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(gateway, IvrKey, Here)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(gateway, ShopKey, Here)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_network_of_IPv6_is_one_address_and_who_shows_no_key_guesses_nothing()
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 120; i++) await AskAsync(gateway, key: null, Stranger);
        (await AskAsync(gateway, IvrKey, Stranger)).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 201; i++) await AskAsync(gateway, "a-wrong-key-of-many", $"2001:db8::{i:x}");
        (await AskAsync(gateway, IvrKey, "2001:db8::ffff")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(gateway, IvrKey, "2001:db8:0:1::1")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_log_and_the_boards_warnings_have_a_few_of_them_and_the_count_of_the_others()
    {
        await using var gateway = await StartAsync();
        await FloodAsync(gateway, Stranger, times: 150);
        gateway.Log.OfOurs.Count(entry => entry.Level == LogLevel.Warning).ShouldBe(10);
        gateway.Log.OfOurs.Count(entry => entry.Level >= LogLevel.Information).ShouldBeLessThan(20, "ASP.NET Core has its say, too");
        gateway.Clock!.Advance(TimeSpan.FromSeconds(10));
        await AskAsync(gateway, "a-wrong-key-of-many", Stranger);
        gateway.Log.OfOurs.Last(entry => entry.Level == LogLevel.Warning).Message
            .ShouldEndWith(" Before it 140 of this kind were left out.");
    }

    [Fact]
    public async Task Without_a_limit_wrong_keys_are_401()
    {
        await using var gateway = await StartAsync(access => access.WrongKeysPerAddress = null);
        await FloodAsync(gateway, Stranger);
        (await AskAsync(gateway, "a-wrong-key-of-many", Stranger)).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(gateway, IvrKey, Stranger)).ShouldBe(HttpStatusCode.OK);
    }

    private static Task<GatewayApp> StartAsync(Action<PpvAccessOptions>? configure = null) => GatewayApp.StartAsync(
        options => options.Gateway.KnownProxies.Add("127.0.0.1"),
        ownClock: true,
        services: services => services.Configure<PpvAccessOptions>(access =>
        {
            access.Clients.Add("ivr", new PpvAccessClient { Key = IvrKey });
            access.Clients.Add("shop", new PpvAccessClient { Key = ShopKey });
            configure?.Invoke(access);
        }));

    private static async Task FloodAsync(GatewayApp gateway, string from, int times = 110)
    {
        for (var i = 0; i < times; i++) await AskAsync(gateway, "a-wrong-key-of-many", from);
    }

    private static async Task<HttpStatusCode> AskAsync(GatewayApp gateway, string? key, string from)
    {
        using var response = await SendAsync(gateway, key, from);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(GatewayApp gateway, string? key, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path)
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes(Order)),
        };
        if (from != Here) request.Headers.Add("X-Forwarded-For", from);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        return await gateway.Http.SendAsync(request);
    }
}
