using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Ppv.Hosting.Gateway;

/// <summary>What the endpoints bring along for an OpenAPI document; in a host without one it is of no effect.</summary>
internal static class ApiDescriptions
{
    private const string Tag = "Pay-per-view orders";

    public static void DescribeOrders(this IEndpointConventionBuilder endpoint) => endpoint
        .WithMetadata(typeof(OrderEndpoint).GetMethod(nameof(OrderEndpoint.HandleAsync))!) // Without a method it would be in no document.
        .WithTags(Tag)
        .WithSummary(OrderOperation.Summary)
        .AddOpenApiOperationTransformer(static (operation, context, _) =>
        {
            var options = context.ApplicationServices.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
            OrderOperation.Complete(operation, context.Description.HttpMethod, options.Gateway);
            CompleteRefusals(operation, context, OrderOperation.Refusal(options.Gateway));
            return Task.CompletedTask;
        });

    public static void DescribeStatus(this IEndpointConventionBuilder endpoint) => endpoint
        .WithMetadata(typeof(StatusEndpoint).GetMethod(nameof(StatusEndpoint.HandleAsync))!)
        .WithTags(Tag)
        .WithSummary(StatusOperation.Summary)
        .AddOpenApiOperationTransformer(static (operation, context, _) =>
        {
            StatusOperation.Complete(operation);
            CompleteRefusals(operation, context, StatusOperation.Refusal);
            return Task.CompletedTask;
        });

    /// <summary>As it was when the program started: neither keys nor limits can be reloaded.</summary>
    private static void CompleteRefusals(OpenApiOperation operation, OpenApiOperationTransformerContext context, RefusalOperation.Form form)
    {
        var services = context.ApplicationServices;
        RefusalOperation.Complete(operation, context.Document, services.GetRequiredService<IOptions<PpvAccessOptions>>().Value,
            services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value.Gateway.Limits, form);
    }
}
