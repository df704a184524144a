using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting.Board;
using Ppv.Hosting.Figures;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the line board to an application.</summary>
public static class PpvDashboardEndpointExtensions
{
    /// <summary>
    /// Maps the line board: a page that shows live how this program's orders fare, <c>state</c> below it with the same as JSON,
    /// <c>events</c> with the same as server-sent events, at most 100 at a time, and <c>lines/{number}</c> with a line's last exchanges.
    /// All of it is for reading; subscribers' numbers are masked as in the log.
    /// </summary>
    /// <remarks>
    /// Unless authorization is asked for on the result, it is shown to this machine only: to requests that come from a loopback address or
    /// over a Unix socket, directly (with <c>X-Forwarded-For</c> and the like they were passed on by a proxy, for whomever), to
    /// <c>localhost</c>, <c>127.0.0.1</c> or <c>[::1]</c>. Others get 403 with a sentence that says what to do. With
    /// <c>RequireAuthorization(PpvPolicies.Operator)</c> it is for operators, from wherever they come.
    /// </remarks>
    /// <param name="endpoints">The application, or a group of its routes.</param>
    /// <param name="pattern">The board's path. Default <c>/board</c>.</param>
    /// <returns>Takes conventions for the board, such as <c>RequireAuthorization(…)</c>.</returns>
    /// <exception cref="InvalidOperationException">Neither <c>AddPpvGateway</c> nor <c>AddPpvServer</c> was called.</exception>
    public static IEndpointConventionBuilder MapPpvDashboard(this IEndpointRouteBuilder endpoints, string pattern = "/board")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        if (endpoints.ServiceProvider.GetService<OrderFigures>() is null)
            throw new InvalidOperationException(
                "The line board shows a gateway or a worker: call AddPpvGateway or AddPpvServer before MapPpvDashboard.");
        var endpoint = new BoardEndpoint(new LineBoard(endpoints.ServiceProvider));
        return endpoints.Map($"{pattern.TrimEnd('/')}/{{**{BoardEndpoint.Rest}}}", endpoint.HandleAsync)
            .WithDisplayName("PPV line board")
            .ExcludeFromDescription();
    }
}
