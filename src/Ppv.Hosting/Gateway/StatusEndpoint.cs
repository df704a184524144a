using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Security;
using Ppv.Protocol;
using Ppv.Protocol.Orders;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Orders;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// Answers what became of an order: 200 with its state, 404 when the worker has never seen it, 503 when the worker could not be asked, or
/// must not be asked.
/// </summary>
internal sealed partial class StatusEndpoint(
    IPpvClient client, IOptions<PpvGatewayOptions> options, PlainLogger<StatusEndpoint> logger)
{
    private const string NotAsked = "The worker was not asked: on a queue of the kind LegacyTransient may be old workers, which take the "
        + "question for an order, and stop. When every worker is a new one, set Ppv:Gateway:AskOnLegacyQueue to true.";

    public async Task HandleAsync(HttpContext context)
    {
        var (asked, owner) = (OrderIdOf(context), Caller.OwnerOf(context));
        var orderId = owner is null ? asked : Owned.Id(asked, owner);
        var (code, status) = await AskAsync(orderId, owner, context.RequestAborted).ConfigureAwait(false);
        if (owner is null && status.State == PpvOrderState.NeverSeen && Owned.WithLowerOwner(asked) is var lower && lower != asked)
            (code, status) = await AskAsync(lower, owner, context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, code, status with { OrderId = asked }).ConfigureAwait(false);
    }

    /// <summary>
    /// The id that a request asks for: what stands behind the endpoint's path, as it was sent. The server's own reading leaves an escaped
    /// slash, so that it can't be told from one that was never escaped.
    /// </summary>
    public static string OrderIdOf(HttpContext context)
    {
        var sent = context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? "";
        var path = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.Split('{')[0] ?? "";
        return path.Length > 0 && sent.IndexOf(path, StringComparison.OrdinalIgnoreCase) is >= 0 and var start
            ? Uri.UnescapeDataString(sent[(start + path.Length)..])
            : (string?)context.Request.RouteValues["orderId"] ?? "";
    }

    public static PpvOrderStatus Unavailable(string orderId, string reason) => new(orderId, PpvOrderState.Unavailable, null, reason);

    public static Task WriteAsync(HttpContext context, int code, PpvOrderStatus status)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsJsonAsync(
            new Answer(status.OrderId, status.State, status.Code, status.Reason), OrderStatusJson.Default.Answer, "application/json",
            context.RequestAborted);
    }

    private async Task<(int Code, PpvOrderStatus Status)> AskAsync(string orderId, string? owner, CancellationToken cancellationToken)
    {
        if (!PpvOrder.IsValidId(orderId))
            return (StatusCodes.Status400BadRequest, Unavailable(
                orderId, $"An order id has 1 to {PpvOrder.MaxIdLength} printable ASCII characters and no spaces."));
        if (options.Value is { Rpc.QueueKind: QueueKind.LegacyTransient, Gateway.AskOnLegacyQueue: false })
            return (StatusCodes.Status503ServiceUnavailable, Unavailable(orderId, NotAsked));
        try
        {
            var asking = owner is not null && client is IOwnersClient owners
                ? owners.GetStatusAsync(orderId, owner, cancellationToken)
                : client.GetStatusAsync(orderId, cancellationToken);
            var status = await asking.ConfigureAwait(false);
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

    /// <summary>What a caller is told. To what an order belongs is between our client and the worker.</summary>
    private sealed record Answer(string OrderId, PpvOrderState State, string? Code, string? Reason);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Answer))]
    private sealed partial class OrderStatusJson : JsonSerializerContext;
}
