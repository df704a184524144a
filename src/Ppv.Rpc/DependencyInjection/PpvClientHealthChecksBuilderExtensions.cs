using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Rpc;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the order client to an application's health checks.</summary>
public static class PpvClientHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that is healthy while orders can pass: connected, the queue there, answers consumed. It reads the client's state and
    /// sends nothing; its description says in a sentence which host is in use or what is wrong. Of a client that was not
    /// added it says that.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="clientName">The name of a client that was added with one; <see langword="null"/>, the default: the one without.</param>
    /// <param name="name">The check's name; by default <c>ppv-client</c>, or <c>ppv-client-</c> and the client's name.</param>
    /// <param name="failureStatus">What is said while orders can't pass. Default <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The check's tags, such as <c>ready</c>; none by default.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddPpvClient(
        this IHealthChecksBuilder builder,
        string? clientName = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name ?? (clientName is null ? "ppv-client" : $"ppv-client-{clientName}"),
            provider => new ClientCheck(clientName is null
                ? provider.GetService<PpvClient>()
                : provider.GetKeyedService<PpvClient>(clientName), clientName),
            failureStatus,
            tags));
    }

    private sealed class ClientCheck(PpvClient? client, string? clientName) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (client is null)
            {
                return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, clientName is null
                    ? "No client was added: call services.AddPpvClient(…), or name the one that is meant."
                    : $"No client was added with the name '{clientName}'. Compare it with that in services.AddPpvClient(\"…\", …)."));
            }

            var status = client.Status;
            var description = client.Identity.Of(status.Description);
            return Task.FromResult(status.IsReady
                ? HealthCheckResult.Healthy(description)
                : new HealthCheckResult(context.Registration.FailureStatus, description));
        }
    }
}
