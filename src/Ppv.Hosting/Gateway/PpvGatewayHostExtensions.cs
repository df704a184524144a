using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Running;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the gateway to a host.</summary>
public static class PpvGatewayHostExtensions
{
    /// <summary>
    /// Adds the gateway, configured by the section <c>Ppv</c>. <c>--cfg FILE</c> (the configuration key <c>cfg</c>) names an old
    /// <c>rest_api_gateway.cfg</c>: it is read as it is, and every other source wins over it (contract §4). Secrets
    /// may come from files named like <c>Ppv__Broker__Password</c>, in the folder of systemd's credentials or the one that the key
    /// <c>SecretsFolder</c> names; they win over everything but the command line.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Changes the options after they were read; all have defaults.</param>
    /// <remarks>Nothing throws here for a bad file or value: the host's start fails, with a message for each.</remarks>
    public static IHostApplicationBuilder AddPpvGateway(this IHostApplicationBuilder builder, Action<PpvGatewayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var notes = builder.Services.AddHosting();
        builder.Configuration.AddCredentialFiles(notes);
        builder.Configuration.AddLegacyCfg(LegacyRole.Gateway, notes);
        builder.Services.AddPpvGateway(builder.Configuration.GetSection("Ppv"), configure);
        return builder;
    }
}
