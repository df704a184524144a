using Ppv.Hosting.Presence;
using Ppv.Rpc.Presence;

namespace Ppv.Hosting.Gateway;

/// <summary>What a gateway says of itself on the bus, beside what its connection knows.</summary>
internal static class GatewayPresence
{
    /// <param name="options">The gateway's options.</param>
    /// <param name="figures">Figures of its traffic, if somebody has any.</param>
    public static PresenceSource SourceOf(PpvGatewayOptions options, IPresenceFigures? figures) => new("gateway")
    {
        Complete = (report, _) => Task.FromResult(report with
        {
            Configuration = ConfigurationFingerprint.Of(options),
            Figures = figures?.Current,
        }),
    };
}
