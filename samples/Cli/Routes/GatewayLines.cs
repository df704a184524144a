using System.Net;
using System.Text.Json;
using Ppv.Rpc.Presence;
using Ppv.Samples.Cli.Http;

namespace Ppv.Samples.Cli.Routes;

/// <summary>
/// Asks a gateway how calls get their lines behind it. It asks its workers over the bus, where old ones neither listen nor answer.
/// </summary>
internal static class GatewayLines
{
    /// <param name="url">The gateway's address for orders.</param>
    /// <param name="key">The key of a client, where the gateway wants one.</param>
    /// <param name="http">Asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it says, and the answer as it came.</returns>
    /// <exception cref="HttpLookException">The gateway can't be reached, or does not answer.</exception>
    public static async Task<(PresenceLines Lines, HttpLookAnswer Answer)> AskAsync(
        Uri url, string? key, HttpLook http, CancellationToken cancellationToken)
    {
        var address = new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/lines");
        var answer = await http.GetAsync(address, key is null ? null : (HttpLook.KeyHeader, key), cancellationToken);
        var lines = answer.Status == HttpStatusCode.OK ? Read(answer.Body) : null;
        return (lines ?? PresenceLines.NotKnown(FormattableString.Invariant(
            $"{address} answered {(int)answer.Status}, and does not say it.")), answer);
    }

    private static PresenceLines? Read(string body)
    {
        try
        {
            var lines = JsonSerializer.Deserialize<PresenceLines>(body, JsonSerializerOptions.Web);
            return lines?.Allocation is PresenceLines.Leased or PresenceLines.Formula or PresenceLines.Unknown ? lines : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
