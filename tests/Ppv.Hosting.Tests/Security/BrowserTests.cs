using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>
/// No page that is open in somebody's browser may order, or read what only its reader may: our routes are not for browsers.
/// </summary>
public class BrowserTests
{
    private const string Order = """{"content":{"connid":"1","CONFIRM":"UP"}}""";
    private const string Refused = """{"callresult":"ER996"}""";

    public static TheoryData<string> Marks =>
    [
        "Origin: https://elsewhere.example", "Origin: null", "origin: http://localhost:8070", "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: document", "Sec-Fetch-User: ?1",
        "Sec-Fetch-Of-Tomorrow: 1",
    ];

    [Theory]
    [MemberData(nameof(Marks))]
    public async Task An_order_that_a_page_sends_is_refused_with_a_code_and_a_line_in_the_log(string mark)
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var method in (string[])["GET", "POST"])
        {
            var answer = await RawHttp.SendAsync(gateway.Address, $"{method} {GatewayApp.Path}", Order, "Content-Type: text/plain", mark);
            answer.ShouldStartWith("HTTP/1.1 403 ");
            answer.ShouldEndWith(Refused);
            answer.ShouldContain("X-Ppv-Outcome: NotExecuted");
            answer.ShouldContain("Ppv:Gateway:AllowedOrigins");
        }

        gateway.Client.Orders.ShouldBeEmpty();
        gateway.Log.OfOurs.First(entry => entry.Level == LogLevel.Warning).Message
            .ShouldStartWith("A request for \"PPV order\" from 127.0.0.1 was refused, and nothing was executed. It comes from a browser");
    }

    [Fact]
    public async Task Who_is_no_browser_may_call_the_server_by_any_name()
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var host in (string[])["kfs-app-lnx:8070", "kfs-app-lnx", "10.0.0.7:8070", "localhost"])
            (await RawHttp.SendAsync(gateway.Address, $"POST {GatewayApp.Path}", Order, $"Host: {host}")).ShouldStartWith("HTTP/1.1 200 ");
        gateway.Client.Orders.Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_origin_that_the_host_allows_by_name_may_order_and_its_likes_may_not()
    {
        await using var gateway = await GatewayApp.StartAsync(options => options.Gateway.AllowedOrigins.Add("https://sales.example"));
        foreach (var (origin, status) in ((string, int)[])
        [
            ("https://sales.example", 200), ("HTTPS://Sales.Example", 200), ("http://sales.example", 403),
            ("https://sales.example:444", 403), ("https://sales.example.evil", 403),
            ("https://evil.example, https://sales.example", 403),
        ])
        {
            var answer = await RawHttp.SendAsync(
                gateway.Address, $"POST {GatewayApp.Path}", Order, $"Origin: {origin}", "Sec-Fetch-Site: cross-site");
            answer.ShouldStartWith($"HTTP/1.1 {status} ", customMessage: origin);
        }

        var twice = await RawHttp.SendAsync(
            gateway.Address, $"POST {GatewayApp.Path}", Order, "Origin: https://sales.example", "Origin: https://evil.example");
        twice.ShouldStartWith("HTTP/1.1 403 ");
        gateway.Client.Orders.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("Development", "localhost:8070", "http://localhost:8070", true)]
    [InlineData("Development", "127.0.0.1:8070", "http://127.0.0.1:8070", true)]
    [InlineData("Development", "localhost:8070", "http://localhost:3000", false)]
    [InlineData("Development", "rebound.example:8070", "http://rebound.example:8070", false)]
    [InlineData("Production", "localhost:8070", "http://localhost:8070", false)]
    public async Task In_development_the_gateways_own_page_may_order(string environment, string host, string origin, bool may)
    {
        await using var gateway = await GatewayApp.StartAsync(services: services => services.AddSingleton<IHostEnvironment>(
            new HostingEnvironment { EnvironmentName = environment }));
        var sent = await RawHttp.SendAsync(
            gateway.Address, $"POST {GatewayApp.Path}", Order, $"Host: {host}", $"Origin: {origin}", "Sec-Fetch-Site: same-origin");
        var asked = await RawHttp.SendAsync(
            gateway.Address, $"GET {GatewayApp.Path}/orders/7", "", $"Host: {host}", "Sec-Fetch-Site: same-origin");
        sent.ShouldStartWith($"HTTP/1.1 {(may ? 200 : 403)} ");
        if (origin.EndsWith(host, StringComparison.Ordinal)) asked.ShouldStartWith($"HTTP/1.1 {(may ? 404 : 403)} ");
        gateway.Client.Orders.Count.ShouldBe(may ? 1 : 0);
    }

    [Fact]
    public async Task What_only_tells_may_be_typed_into_a_browser_and_is_not_for_a_page()
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var (path, typed) in ((string, string)[])
            [("/health/live", "200"), ("/health/ready", "200"), ($"{GatewayApp.Path}/orders/7", "404"), ($"{GatewayApp.Path}/lines", "200"),
                ("/control/intake", "403")])
        {
            var byHand = await RawHttp.SendAsync(
                gateway.Address, $"GET {path}", "", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document");
            byHand.ShouldStartWith($"HTTP/1.1 {typed} ", customMessage: path);
            foreach (var mark in (string[])["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Origin: null"])
            {
                var byPage = await RawHttp.SendAsync(gateway.Address, $"GET {path}", "", mark);
                byPage.ShouldStartWith("HTTP/1.1 403 ", customMessage: $"{path} {mark}");
                byPage.ShouldContain("from a browser", customMessage: $"{path} {mark}");
            }
        }

        foreach (var act in (string[])["close", "open"])
            (await RawHttp.SendAsync(gateway.Address, $"POST /control/intake/{act}", "", "Sec-Fetch-Site: none"))
                .ShouldContain("from a browser");
    }

    [Fact]
    public async Task The_rule_holds_in_every_host_that_maps_our_routes_in_groups_and_before_its_own_authorization()
    {
        await using var gateway = await GatewayApp.StartAsync(map: app =>
        {
            app.MapGroup("/site/{name}").MapPpvGateway().RequireAuthorization(PpvPolicies.Orders);
            app.MapGet("/own", () => "own");
        });
        var answer = await RawHttp.SendAsync(
            gateway.Address, $"POST /site/a%20b{GatewayApp.Path}", Order, "Origin: https://elsewhere.example");
        answer.ShouldStartWith("HTTP/1.1 403 ");
        answer.ShouldContain("from a browser");
        (await RawHttp.SendAsync(gateway.Address, "GET /own", "", "Origin: https://elsewhere.example")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task Every_route_that_is_mapped_stands_under_the_rule()
    {
        await using var gateway = await GatewayApp.StartAsync();
        var endpoints = ((EndpointDataSource)gateway.Services.GetService(typeof(EndpointDataSource))!).Endpoints;
        endpoints.Count.ShouldBeGreaterThan(7);
        endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Entrance>() is null).Select(endpoint => endpoint.DisplayName)
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_names_are_configured_another_host_is_refused_with_a_code_and_a_line_in_the_log()
    {
        await using var gateway = await GatewayApp.StartAsync(build: builder => builder.Configuration.AddInMemoryCollection(
            [new("AllowedHosts", "kfs-app-lnx")]));
        foreach (var host in (string[])["kfs-app-lnx:8070", gateway.Address.Authority])
            (await RawHttp.SendAsync(gateway.Address, $"POST {GatewayApp.Path}", Order, $"Host: {host}")).ShouldStartWith("HTTP/1.1 200 ");

        var answer = await RawHttp.SendAsync(gateway.Address, $"POST {GatewayApp.Path}", Order, "Host: rebound.example:8070");

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldEndWith(Refused);
        answer.ShouldContain("X-Ppv-Outcome: NotExecuted");
        gateway.Client.Orders.Count.ShouldBe(2);
        gateway.Log.OfOurs.Single(entry => entry.Level == LogLevel.Warning).Message.ShouldBe(
            "A request for \"PPV order\" from 127.0.0.1 was refused, and nothing was executed. It calls this server by a name that is not "
            + "among AllowedHosts.");
        (await RawHttp.SendAsync(gateway.Address, "GET /health/live", "", "Host: rebound.example")).ShouldStartWith("HTTP/1.1 400 ");
        (await RawHttp.SendAsync(gateway.Address, "GET /not/ours", "", "Host: rebound.example")).ShouldStartWith("HTTP/1.1 400 ");
        // A health check on this machine knows no name of it.
        foreach (var own in (string[])["127.0.0.1:8070", "localhost", "[::1]:8070"])
            (await RawHttp.SendAsync(gateway.Address, "GET /health/live", "", $"Host: {own}")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [InlineData("ppv.example;*.ppv.example;kfs-app-lnx;10.0.0.7;[fd00::1]", true)]
    [InlineData("*", true)]
    [InlineData("ppv.example; localhost", false)]
    [InlineData("ppv.example,localhost", false)]
    [InlineData("ppv.example localhost", false)]
    [InlineData("https://ppv.example", false)]
    [InlineData("ppv.example:8070", false)]
    [InlineData("*.*", false)]
    public void A_name_that_no_request_can_match_is_a_problem_of_the_start(string names, bool isFine)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("AllowedHosts", names)]);
        builder.AddPpvGateway();
        using var app = builder.Services.BuildServiceProvider();
        var problems = BrokenRules.Of(app);
        if (isFine) problems.ShouldBeNull();
        else problems.ShouldHaveSingleItem().ShouldStartWith("AllowedHosts has an entry that no request can match");
    }
}
