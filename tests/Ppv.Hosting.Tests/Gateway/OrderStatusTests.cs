using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>GET /api/v1/ppv/orders/{orderId}.</summary>
public class OrderStatusTests
{
    [Theory]
    [InlineData(
        PpvOrderState.Completed, "OK", null, HttpStatusCode.OK, """{"orderId":"order-7","state":"Completed","code":"OK","reason":null}""")]
    [InlineData(PpvOrderState.NotExecuted, "ER998", "Why.", HttpStatusCode.OK,
        """{"orderId":"order-7","state":"NotExecuted","code":"ER998","reason":"Why."}""")]
    [InlineData(
        PpvOrderState.Unknown, null, "Why.", HttpStatusCode.OK, """{"orderId":"order-7","state":"Unknown","code":null,"reason":"Why."}""")]
    [InlineData(PpvOrderState.NeverSeen, null, null, HttpStatusCode.NotFound,
        """{"orderId":"order-7","state":"NeverSeen","code":null,"reason":null}""")]
    [InlineData(PpvOrderState.Unavailable, null, "Why.", HttpStatusCode.ServiceUnavailable,
        """{"orderId":"order-7","state":"Unavailable","code":null,"reason":"Why."}""")]
    public async Task The_state_stands_in_the_answer_and_its_kind_in_the_status(
        PpvOrderState state, string? code, string? reason, HttpStatusCode status, string body)
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Status = orderId => Task.FromResult(new PpvOrderStatus(orderId, state, code, reason));

        using var response = await gateway.Http.GetAsync(new Uri(GatewayApp.Path + "/orders/order-7", UriKind.Relative));

        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync()).ShouldBe(body);
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("caf%C3%A9")]
    public async Task What_is_no_id_is_refused(string id)
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Status = _ => throw new InvalidOperationException("It must not be asked.");

        using var response = await gateway.Http.GetAsync(new Uri($"{GatewayApp.Path}/orders/{id}", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>An old worker takes the question for an order that it can't read, and stops.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_a_queue_of_the_old_kind_nobody_is_asked_unless_it_is_allowed(bool isAllowed)
    {
        await using var gateway = await GatewayApp.StartAsync(options =>
            (options.Rpc.QueueKind, options.Gateway.AskOnLegacyQueue) = (QueueKind.LegacyTransient, isAllowed));
        var asked = 0;
        gateway.Client.Status = orderId =>
        {
            asked++;
            return Task.FromResult(new PpvOrderStatus(orderId, PpvOrderState.Completed, "OK", null));
        };

        using var response = await gateway.Http.GetAsync(new Uri(GatewayApp.Path + "/orders/order-7", UriKind.Relative));

        (asked, response.StatusCode).ShouldBe(isAllowed ? (1, HttpStatusCode.OK) : (0, HttpStatusCode.ServiceUnavailable));
        if (!isAllowed) (await response.Content.ReadAsStringAsync()).ShouldContain("set Ppv:Gateway:AskOnLegacyQueue to true");
    }

    [Theory]
    [InlineData("the-key-of-the-shop", "Shop")]
    [InlineData("the-key-of-an-operator", null)]
    public async Task It_is_asked_for_in_the_name_of_the_client_whose_room_for_waiting_requests_it_takes(string key, string? owner)
    {
        await using var gateway = await GatewayApp.StartAsync(services: services => services.Configure<PpvAccessOptions>(access =>
        {
            access.Clients.Add("shop-2", new PpvAccessClient { Key = "the-key-of-the-shop", Owner = "Shop" });
            access.Clients.Add("operator", new PpvAccessClient { Key = "the-key-of-an-operator", Role = PpvAccessRole.Operator });
        }));
        gateway.Http.DefaultRequestHeaders.Add("X-Api-Key", key);

        using var response = await gateway.Http.GetAsync(new Uri(GatewayApp.Path + "/orders/order-7", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        gateway.Client.Asking.Single().ShouldBe(owner, StringCompareShould.IgnoreCase);
    }

    [Fact]
    public async Task A_failing_client_is_no_server_error()
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Status = _ => throw new InvalidOperationException("a bug");

        using var response = await gateway.Http.GetAsync(new Uri(GatewayApp.Path + "/orders/order-7", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        gateway.Log.Entries.ShouldContain(entry => entry.Exception is InvalidOperationException);
    }
}
