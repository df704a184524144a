using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// Answers how calls get their lines behind this gateway: 200 with <c>Leased</c>, <c>Modulo</c> or <c>Unknown</c>. Who is about to send an
/// order that is no caller's, or a question that old workers take for an order, asks this before. It asks over the bus, which no old worker
/// listens to.
/// </summary>
internal sealed partial class LinesEndpoint(IPpvClient client, IOptions<PpvGatewayOptions> options)
{
    private readonly Lock _gate = new();
    private Task<PresenceLines>? _asking;

    public async Task HandleAsync(HttpContext context)
    {
        var lines = await AskAsync().WaitAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(
            new Answer(lines.Allocation, lines.FirstLine, lines.LastLine, lines.Reason), LinesJson.Default.Answer, "application/json",
            context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Who asks while a question is under way gets its answer: however many ask, the bus is asked once.</summary>
    private Task<PresenceLines> AskAsync()
    {
        lock (_gate) return _asking is { IsCompleted: false } ? _asking : _asking = AskOnceAsync();
    }

    private async Task<PresenceLines> AskOnceAsync()
    {
        if (client is not PpvClient own) return PresenceLines.NotKnown("The client of this gateway can't ask.");
        try
        {
            return await PresenceLines.AskAsync(
                patience => own.AskPresenceAsync(patience, CancellationToken.None), options.Value.Rpc.QueueNames).ConfigureAwait(false);
        }
        catch (BrokerException)
        {
            return PresenceLines.NotKnown("The gateway has no connection to the broker over which it could ask; its log says why.");
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return PresenceLines.NotKnown("The gateway is about to stop.");
        }
    }

    private sealed record Answer(string Allocation, int? FirstLine, int? LastLine, string? Reason);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Answer))]
    private sealed partial class LinesJson : JsonSerializerContext;
}
