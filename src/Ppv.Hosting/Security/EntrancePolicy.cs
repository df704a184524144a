using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Ppv.Hosting.Security;

/// <summary>
/// Turns away from our endpoints (<see cref="Entrance"/>) what a web page sends, and what comes by an address in disguise. A part of
/// routing: it holds in every host that maps them, before the host's own authorization, and touches no other endpoint.
/// </summary>
internal sealed class EntrancePolicy(BrowserRule browsers, RefusedRequests refused) : MatcherPolicy, IEndpointSelectorPolicy
{
    private const string InDisguise = "Its path has %2F, %5C, %2E, a backslash, . or .. in it, where no order id stands. Write it plainly.";

    /// <summary>The last: what another one has ruled out is not our concern.</summary>
    public override int Order => int.MaxValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(static endpoint => endpoint.Metadata.GetMetadata<Entrance>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i)) continue;
            var candidate = candidates[i];
            if (candidate.Endpoint is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<Entrance>() is { } entrance
                && WhyNot(httpContext, entrance, candidate.Values) is var (status, reason))
                candidates.ReplaceEndpoint(i, Closed(endpoint, status, reason), candidate.Values);
        }

        return Task.CompletedTask;
    }

    private (int Status, string Reason)? WhyNot(HttpContext context, Entrance entrance, RouteValueDictionary? values) =>
        !SentPath.IsPlain(context, entrance.AnyText is { } name ? values?[name] as string : null)
            ? (StatusCodes.Status404NotFound, InDisguise)
            : browsers.WhyNot(context.Request, entrance.OnlyTells) is { } reason
                ? (StatusCodes.Status403Forbidden, reason)
                : null;

    /// <summary>Stands in the endpoint's place: nobody needs to show a key to be refused.</summary>
    private RouteEndpoint Closed(RouteEndpoint endpoint, int status, string reason) => new(
        context => refused.RefuseAsync(context, status, reason), endpoint.RoutePattern, endpoint.Order,
        new EndpointMetadataCollection(
            endpoint.Metadata.OfType<IRefusalForm>().Cast<object>().Append(new AllowAnonymousAttribute())),
        endpoint.DisplayName);
}
