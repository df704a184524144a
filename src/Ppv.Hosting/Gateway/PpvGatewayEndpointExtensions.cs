using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.Control;
using Ppv.Hosting.Gateway;
using Ppv.Hosting.Health;
using Ppv.Hosting.Security;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the gateway's routes to an application.</summary>
public static class PpvGatewayEndpointExtensions
{
    /// <summary>
    /// Maps the order endpoint, GET and POST on <see cref="OrderEndpointOptions.Path"/> (contract §1), below it <c>GET
    /// orders/{orderId}</c>, which says what became of an order, and <c>GET lines</c>, which says how calls get their lines; then
    /// <c>/health/live</c> and <c>/health/ready</c>, and for operators <c>/control/intake</c>. The endpoints on and below the path demand
    /// a key (<see cref="PpvPolicies.Orders"/>, <see cref="PpvPolicies.Inquiries"/>) when <see cref="PpvAccessOptions.Clients"/> has a
    /// client that may place orders; ids and calls are each client's own then. In a host
    /// that calls <c>AddOpenApi()</c> the two of orders are in its OpenAPI document, with examples, headers and codes.
    /// </summary>
    /// <param name="endpoints">The application, or a group of its routes.</param>
    /// <returns>
    /// Takes conventions for the endpoints on and below the path, such as <c>RequireAuthorization()</c> for what the host itself demands, a
    /// JWT for example; the health endpoints are not touched by them.
    /// </returns>
    /// <exception cref="InvalidOperationException"><c>AddPpvGateway</c> was not called.</exception>
    public static IEndpointConventionBuilder MapPpvGateway(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.ServiceProvider.GetRequiredService<HealthRoutes>().Map(endpoints);
        endpoints.ServiceProvider.GetRequiredService<ControlRoutes>().Map(endpoints);
        var path = RawOptions.Get<PpvGatewayOptions>(endpoints.ServiceProvider).Gateway.Path;
        if (!GatewayRules.IsPath(path)) path = new OrderEndpointOptions().Path; // The start is going to fail and say so.
        var orders = endpoints.MapGroup("");
        var asksForKey = RawOptions.Get<PpvAccessOptions>(endpoints.ServiceProvider).AsksForOrders;
        orders
            .MapMethods(path, [HttpMethods.Get, HttpMethods.Post],
            static context => context.RequestServices.GetRequiredService<Admission>().RunOrderAsync(
                context, static order => order.RequestServices.GetRequiredService<OrderEndpoint>().HandleAsync(order)))
            .WithDisplayName("PPV order")
            .WithMetadata(Entrance.ToAct, new OrderRefusalForm())
            .Demand(PpvPolicies.Orders, asksForKey)
            .DescribeOrders();
        orders
            .MapGet($"{path.TrimEnd('/')}/orders/{{**orderId}}",
            static context => context.RequestServices.GetRequiredService<Admission>().RunAsync(
                context, static inquiry => inquiry.RequestServices.GetRequiredService<StatusEndpoint>().HandleAsync(inquiry)))
            .WithDisplayName("PPV order status")
            .WithMetadata(new Entrance(OnlyTells: true, AnyText: "orderId"), new StatusRefusalForm())
            .Demand(PpvPolicies.Inquiries, asksForKey)
            .DescribeStatus();
        orders
            .MapGet($"{path.TrimEnd('/')}/lines",
            static context => context.RequestServices.GetRequiredService<Admission>().RunAsync(
                context, static inquiry => inquiry.RequestServices.GetRequiredService<LinesEndpoint>().HandleAsync(inquiry)))
            .WithDisplayName("PPV lines")
            .WithMetadata(Entrance.ToTell)
            .Demand(PpvPolicies.Inquiries, asksForKey)
            .ExcludeFromDescription();
        return orders;
    }

    private static IEndpointConventionBuilder Demand(this IEndpointConventionBuilder endpoint, string policy, bool isKeyNeeded) =>
        isKeyNeeded ? endpoint.RequireAuthorization(policy) : endpoint;
}
