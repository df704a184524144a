using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Ppv.Samples.Gateway;

/// <summary>
/// The gateway's OpenAPI document, <c>/openapi/v1.json</c>, everywhere: it holds no secret and runs nothing. A page to read and to try it,
/// <c>/scalar</c>, in Development only: it sends orders.
/// </summary>
internal static class GatewayDocument
{
    public static void AddGatewayDocument(this IServiceCollection services) =>
        services.AddOpenApi(options => options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Pay-per-view gateway",
                Version = "v1",
                Description = "Orders of pay-per-view events, for the voice platform and whoever else sells.",
            };
            return Task.CompletedTask;
        }));

    public static void MapGatewayDocument(this WebApplication app)
    {
        app.MapOpenApi();
        if (!app.Environment.IsDevelopment()) return;
        // All of it comes from this program: the script is in the package, and what would come from elsewhere or go there is off.
        app.MapScalarApiReference(options =>
        {
            options.DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp();
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        });
    }
}
