using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Ppv.Hosting.Security;

/// <summary>
/// Where the host has named itself (<c>AllowedHosts</c> of ASP.NET Core), refuses what calls it otherwise. ASP.NET Core does so, too, but
/// without a line in the log, and with a page in the place of a code; so this stands before it.
/// </summary>
internal sealed class HostNames(IOptionsMonitor<HostFilteringOptions> options, RefusedRequests refused) : IStartupFilter
{
    private const string Reason = "It calls this server by a name that is not among AllowedHosts.";

    private static readonly string[] Any = ["*", "[::]", "0.0.0.0"];

    /// <summary>
    /// What calls this machine by its own name is no page of somebody else's: no name that leads here from elsewhere is among these. A
    /// health check on the machine needs no name of its own in the list.
    /// </summary>
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Before the filter that ASP.NET Core's builder has added already.</summary>
    public static void Add(IServiceCollection services)
    {
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, HostNames>());
        services.AddOptions<HostFilteringOptions>().ValidateOnStart()
            .PostConfigure(static options =>
            {
                if (!TakeAny(options.AllowedHosts)) options.AllowedHosts = [.. options.AllowedHosts, .. OwnNames];
            })
            .Validate(static options => options.AllowedHosts.All(IsName), "AllowedHosts has an entry that no request can match: write host "
                + "names alone, without scheme and port, with ; and nothing else between them, such as ppv.example;*.ppv.example.");
    }

    /// <summary>Whether the names leave out nobody.</summary>
    public static bool TakeAny(IList<string>? names) => names is not { Count: > 0 } || names.Any(Any.Contains);

    private static bool IsName(string name) => Any.Contains(name)
        || Uri.CheckHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name) != UriHostNameType.Unknown;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(CheckAsync);
        next(app);
    };

    private Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host.Value;
        var names = options.CurrentValue.AllowedHosts;
        if (string.IsNullOrEmpty(host) || TakeAny(names)
            || HostString.MatchesAny(host, [.. names.Select(static name => new StringSegment(name))]))
            return next(context);
        context.SetEndpoint(EndpointAt(context));
        return refused.RefuseAsync(context, StatusCodes.Status400BadRequest, Reason);
    }

    /// <summary>Routing has not begun yet: the one that would tell its refusals in a form of its own.</summary>
    private static RouteEndpoint? EndpointAt(HttpContext context) => context.RequestServices.GetService<EndpointDataSource>()?.Endpoints
        .OfType<RouteEndpoint>().FirstOrDefault(endpoint => endpoint.Metadata.GetMetadata<IRefusalForm>() is not null
            && new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(context.Request.Path, []));
}
