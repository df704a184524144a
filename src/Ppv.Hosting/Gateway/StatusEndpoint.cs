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
        var (code, status) = await AskAsync(OrderIdOf(context), context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, code, status).ConfigureAwait(false);
    }

    // The one escape that the server leaves in a path; a caller's id may have a slash.
    public static string OrderIdOf(HttpContext context) =>
        ((string?)context.Request.RouteValues["orderId"] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public static PpvOrderStatus Unavailable(string orderId, string reason) => new(orderId, PpvOrderState.Unavailable, null, reason);

    public static Task WriteAsync(HttpContext context, int code, PpvOrderStatus status)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsJsonAsync(
            status, OrderStatusJson.Default.PpvOrderStatus, "application/json", context.RequestAborted);
    }

    private async Task<(int Code, PpvOrderStatus Status)> AskAsync(string orderId, CancellationToken cancellationToken)
    {
        if (!PpvOrder.IsValidId(orderId))
            return (StatusCodes.Status400BadRequest, Unavailable(
                orderId, $"An order id has 1 to {PpvOrder.MaxIdLength} printable ASCII characters and no spaces."));
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
            return (StatusCodes.Status503ServiceUnavailable, Unavailable(orderId, "The gateway failed on this inquiry; its log says why."));
        }
    }

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(PpvOrderStatus))]
    private sealed partial class OrderStatusJson : JsonSerializerContext;
}
