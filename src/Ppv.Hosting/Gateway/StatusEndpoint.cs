using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>
/// Answers what became of an order: 200 with its state, 404 when the worker has never seen it, 503 when the worker could not be asked.
/// </summary>
internal sealed partial class StatusEndpoint(IPpvClient client, ILogger<StatusEndpoint> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        // The one escape that the server leaves in a path; a caller's id may have a slash.
        var orderId = ((string?)context.Request.RouteValues["orderId"] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var (code, status) = await AskAsync(orderId, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = code;
        await context.Response.WriteAsJsonAsync(
            status, OrderStatusJson.Default.PpvOrderStatus, "application/json", context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<(int Code, PpvOrderStatus Status)> AskAsync(string orderId, CancellationToken cancellationToken)
    {
        if (!PpvOrder.IsValidId(orderId))
            return (StatusCodes.Status400BadRequest, Unavailable(
                $"An order id has 1 to {PpvOrder.MaxIdLength} printable ASCII characters and no spaces."));
        try
        {
            var status = await client.GetStatusAsync(orderId, cancellationToken).ConfigureAwait(false);
            return (status.State switch
            {
                PpvOrderState.NeverSeen => StatusCodes.Status404NotFound,
                PpvOrderState.Unavailable => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status200OK,
            }, status);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            GatewayLog.ClientFailed(logger, orderId, e);
            return (StatusCodes.Status503ServiceUnavailable, Unavailable("The gateway failed on this inquiry; its log says why."));
        }

        PpvOrderStatus Unavailable(string reason) => new(orderId, PpvOrderState.Unavailable, null, reason);
    }

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(PpvOrderStatus))]
    private sealed partial class OrderStatusJson : JsonSerializerContext;
}
