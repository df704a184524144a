using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>
/// The one case in which samples/deploy/nginx/ppv.conf sends an order again: a gateway has turned it away unread. In a real nginx, with an
/// old worker behind the gateways.
/// </summary>
public class NginxSecondTryTests(SharedBroker broker)
{
    private const string TurnedAway = """{"callresult":"ER996"}""";

    [Fact]
    public async Task A_gateway_with_a_closed_intake_costs_no_caller_anything_and_the_other_one_buys_once()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxAsync();
        using var http = Programs.Client(nginx.Port);
        await site.CloseAsync(0);

        await http.NameEventAndSubscriberAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            for (var i = 0; i < 4; i++)
            {
                using var more = await http.OrderAsync(method, Programs.Connid, "EN", "85165320", ("X-Ppv-Order-Id", $"{method}-{i}"));
                (await more.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.OK, Programs.Ok));
                more.OrderId().ShouldBe($"{method}-{i}");
            }
        }

        using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP");
        (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.OK, Programs.Ok));
        answer.OrderId().ShouldMatch(Programs.NginxId, "nginx has given it one, for both tries");
        answer.Headers.RetryAfter.ShouldBeNull();

        site.Purchases.ShouldHaveSingleItem().Subscriber.ShouldBe("85165320");
        (await site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(1);
        await site.Gateways[0].PrintedAsync("An operator has closed the gateway's intake."); // Else this test would have shown nothing.
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Whichever_gateway_is_closed_an_order_that_it_turned_away_goes_to_the_other_one(int closed)
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxThatAsksFirstAsync(closed);
        using var http = Programs.Client(nginx.Port);
        await site.CloseAsync(closed);

        await http.NameEventAndSubscriberAsync();

        await site.Gateways[closed].PrintedAsync("An operator has closed the gateway's intake.");
    }

    [Fact]
    public async Task When_both_are_closed_the_caller_gets_a_gateway_s_own_words_and_may_come_again()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxAsync();
        using var http = Programs.Client(nginx.Port);
        await http.NameEventAndSubscriberAsync();
        await Task.WhenAll(site.CloseAsync(0), site.CloseAsync(1));

        for (var i = 0; i < 4; i++)
        {
            // Who watches this machine asks all the time.
            using var ready = await http.GetAsync("/health/ready");
            ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP");
            await ShouldBeTurnedAwayAsync(answer, HttpStatusCode.ServiceUnavailable, "An operator has closed the gateway's intake.");
        }

        await site.OpenAsync(1);
        (await site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_closed_gateway_beside_one_that_is_down_says_so_itself(int closed)
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxAsync();
        using var http = Programs.Client(nginx.Port);
        await site.CloseAsync(closed);
        await site.Gateways[1 - closed].TerminateAsync();

        for (var i = 0; i < 4; i++)
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "EV", "262193");
            await ShouldBeTurnedAwayAsync(answer, HttpStatusCode.ServiceUnavailable, "An operator has closed the gateway's intake.");
        }
    }

    [Fact]
    public async Task An_order_that_a_full_gateway_turned_away_goes_to_the_other_one()
    {
        await using var site = await TwoGateways.StartAsync(broker, "--Ppv:Gateway:Limits:MaxConcurrentRequests=1");
        await using var nginx = await site.NginxThatAsksFirstAsync(0);
        using var http = Programs.Client(nginx.Port);
        await http.NameEventAndSubscriberAsync();
        site.HoldConfirms();
        var confirming = http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP");
        await site.ConfirmArrivedAsync();

        var other = http.OrderAsync(HttpMethod.Get, "0128031c21578752", "EV", "123456");
        await site.Gateways[0].PrintedAsync("The gateway works on as many requests as it may.");
        site.LetConfirmsGo();

        foreach (var order in (Task<HttpResponseMessage>[])[confirming, other])
        {
            using var answer = await order;
            (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.OK, Programs.Ok));
        }

        (await site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_makes_too_many_requests_does_not_get_the_other_gateway_s_share_too()
    {
        await using var site = await TwoGateways.StartAsync(
            broker, "--Ppv:Gateway:Limits:RequestsPerClient=2", "--Ppv:Gateway:Limits:Window=00:10:00");
        await using var nginx = await site.NginxThatAsksFirstAsync(0);
        using var http = Programs.Client(nginx.Port);
        await http.NameEventAndSubscriberAsync();

        using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP");

        await ShouldBeTurnedAwayAsync(answer, HttpStatusCode.TooManyRequests, "This client makes more requests than it may.");
        site.Purchases.ShouldBeEmpty();
    }

    /// <summary>The second try is no licence for a third one: the closed gateway is open again when the other one dies.</summary>
    [Fact]
    public async Task The_gateway_that_dies_with_an_order_which_another_one_turned_away_is_the_last_that_got_it()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxThatAsksFirstAsync(0);
        using var http = Programs.Client(nginx.Port);
        await site.CloseAsync(0);
        await http.NameEventAndSubscriberAsync();
        site.HoldConfirms();
        var confirming = http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP", ("Idempotency-Key", "confirm-1"));
        await site.ConfirmArrivedAsync();
        await site.OpenAsync(0);
        site.GatewayInUse().ShouldBe(1);

        await site.KillAsync(1);
        site.LetConfirmsGo();

        using var answer = await confirming;
        (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.BadGateway, """{"callresult":"ER995"}"""));
        answer.Headers.GetValues("X-Ppv-Outcome").ShouldBe(["Unknown"]);
        answer.OrderId().ShouldBe("confirm-1");
        (await site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(1);
    }

    [Fact]
    public async Task A_503_that_does_not_say_not_executed_is_nothing_to_try_again_after()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var refusing = RefuseAsync(stranger);
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        await using var nginx = await site.NginxThatAsksFirstAsync(0, port);
        using var http = Programs.Client(nginx.Port);

        using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "EV", "262193");

        await refusing;
        (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.BadGateway, """{"callresult":"ER995"}"""));
        answer.Headers.GetValues("X-Ppv-Outcome").ShouldBe(["Unknown"]);
    }

    private static async Task RefuseAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync().Within();
        var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync().Within() is { Length: > 0 })
        {
            // The request's head. Its body may stay where it is.
        }

        await stream.WriteAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        connection.Client.Shutdown(SocketShutdown.Send);
        await reader.ReadToEndAsync().Within();
    }

    private static async Task ShouldBeTurnedAwayAsync(HttpResponseMessage answer, HttpStatusCode status, string reason)
    {
        (await answer.StatusAndBodyAsync()).ShouldBe((status, TurnedAway));
        // The id is nginx's, so that a gateway can't know whether it is new; of this request it knows that it was not executed.
        answer.Headers.GetValues("X-Ppv-Outcome").ShouldBe(["Unknown"]);
        answer.Headers.GetValues("X-Ppv-Attempt").ShouldBe(["NotExecuted"]);
        answer.Headers.GetValues("X-Ppv-Reason").ShouldBe(
            [$"{reason} An earlier request under this id may have been executed; ask for its status."]);
        int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
    }
}
