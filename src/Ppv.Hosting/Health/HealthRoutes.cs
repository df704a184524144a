using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Hosting.Security;

namespace Ppv.Hosting.Health;

/// <summary>
/// <c>/health/live</c> and <c>/health/ready</c>, once per set of routes: gateway and worker in one program share them, and two routes of
/// one path would fail every request to it.
/// </summary>
internal sealed class HealthRoutes
{
    public const string ReadyTag = "ready";

    private readonly HashSet<ICollection<EndpointDataSource>> _mapped = new(ReferenceEqualityComparer.Instance);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (!_mapped.Add(endpoints.DataSources)) return;
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false, ResponseWriter = WriteAsync })
            .WithMetadata(Entrance.ToTell);
        endpoints.MapHealthChecks("/health/ready",
            new HealthCheckOptions { Predicate = static check => check.Tags.Contains(ReadyTag), ResponseWriter = WriteAsync })
            .WithMetadata(Entrance.ToTell);
    }

    /// <summary>The status in one word, then a line for each check, for the person who looks why.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var lines = report.Entries.Select(entry => $"\n{entry.Key}: {entry.Value.Description}");
        return context.Response.WriteAsync($"{report.Status}{string.Concat(lines)}\n");
    }
}
