using System.Net;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>
/// samples/deploy/nginx/ppv.conf in a real nginx, in front of two gateways and an old worker. What happens after a gateway has turned an
/// order away is told by <see cref="NginxSecondTryTests"/>.
/// </summary>
public sealed class NginxTests : IAsyncLifetime
{
    /// <summary>What the configuration would be without its care: nginx as it comes.</summary>
    private static readonly Func<string, string> Careless = text => text
        .Replace("        proxy_method POST;\n", "", StringComparison.Ordinal)
        .Replace("limit_except POST {", "limit_except GET POST {", StringComparison.Ordinal);

    private readonly SharedBroker _broker;
    private TwoGateways? _site;

    public NginxTests(SharedBroker broker) => _broker = broker;

    private TwoGateways Site => _site!;

    public async ValueTask InitializeAsync() => _site = await TwoGateways.StartAsync(_broker);

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    [Fact]
    public async Task Orders_pass_with_their_bodies_whatever_the_method_and_nothing_else_does()
    {
        await using var nginx = await Site.NginxAsync();
        using var http = Programs.Client(nginx.Port);

        foreach (var (method, command, value) in ((HttpMethod, string, string)[])
            [(HttpMethod.Get, "EV", "262193"), (HttpMethod.Post, "EN", "85165320"), (HttpMethod.Get, "CONFIRM", "UP")])
        {
            using var answer = await http.OrderAsync(method, Programs.Connid, command, value);
            (await answer.Content.ReadAsStringAsync()).ShouldBe(Programs.Ok);
            answer.OrderId().ShouldMatch(Programs.NginxId, "nginx has given it one");
        }

        Site.Purchases.ShouldHaveSingleItem().Subscriber.ShouldBe("85165320");

        foreach (var header in (string[])["X-Ppv-Order-Id", "Idempotency-Key"])
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "EV", "262193", (header, $"from-{header}"));
            (await answer.Content.ReadAsStringAsync()).ShouldBe(Programs.Ok);
            answer.OrderId().ShouldBe($"from-{header}");
        }

        using var ready = await http.GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in (string[])["/", "/health/live", "/api/v1/ppv/", "/metrics"])
        {
            using var answer = await http.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        using var put = await http.OrderAsync(HttpMethod.Put, Programs.Connid, "EV", "262193");
        put.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_gateway_that_dies_with_an_order_is_the_only_one_that_got_it()
    {
        var (answer, requests) = await KillOneWithAConfirmAsync();

        (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.BadGateway, """{"callresult":"ER995"}"""));
        answer.Headers.GetValues("X-Ppv-Outcome").ShouldBe(["Unknown"]);
        answer.OrderId().ShouldBe("confirm-1");
        requests.ShouldBe(1);
    }

    [Fact]
    public async Task Without_its_care_nginx_would_have_bought_twice()
    {
        var (answer, requests) = await KillOneWithAConfirmAsync(Careless);

        (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.OK, Programs.Ok));
        requests.ShouldBe(2);
    }

    [Fact]
    public async Task An_order_for_which_wizard_takes_longer_than_nginx_waits_is_sent_once()
    {
        await using var nginx = await Site.NginxAsync();
        await using var impatient = await Site.NginxAsync(
            text => text.Replace("proxy_read_timeout 40s", "proxy_read_timeout 1s", StringComparison.Ordinal));
        using var http = Programs.Client(nginx.Port);
        using var shortly = Programs.Client(impatient.Port);
        await http.NameEventAndSubscriberAsync();
        Site.HoldConfirms();

        using var answer = await shortly.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP");

        (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.GatewayTimeout, """{"callresult":"ER995"}"""));
        answer.OrderId().ShouldMatch(Programs.NginxId);
        await Site.ConfirmArrivedAsync();
        Site.LetConfirmsGo();
        (await Site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(1);
    }

    [Fact]
    public async Task A_gateway_that_is_down_costs_no_caller_anything()
    {
        await using var nginx = await Site.NginxAsync();
        using var http = Programs.Client(nginx.Port);
        await Site.Gateways[0].TerminateAsync();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "EV", "262193");
            (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.OK, Programs.Ok));
        }
    }

    /// <summary>Kills (SIGKILL) the gateway that has a confirm, when Wizard has the confirm already.</summary>
    private async Task<(HttpResponseMessage Answer, int Confirms)> KillOneWithAConfirmAsync(Func<string, string>? change = null)
    {
        await using var nginx = await Site.NginxAsync(change);
        using var http = Programs.Client(nginx.Port);
        await http.NameEventAndSubscriberAsync();
        Site.HoldConfirms();
        var confirming = http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP", ("X-Ppv-Order-Id", "confirm-1"));
        await Site.ConfirmArrivedAsync();

        await Site.KillAsync(Site.GatewayInUse());
        Site.LetConfirmsGo();

        var answer = await confirming;
        return (answer, await Site.ConfirmsAfterTheNextOrderAsync(http));
    }
}
