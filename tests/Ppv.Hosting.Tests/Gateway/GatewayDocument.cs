using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Ppv.Hosting.Tests;

/// <summary>The OpenAPI document of a gateway, and its answers held against it.</summary>
internal static class GatewayDocument
{
    /// <summary>A gateway with a document.</summary>
    public static Task<GatewayApp> StartAsync(
        Action<PpvGatewayOptions>? configure = null, Action<PpvAccessOptions>? access = null) => GatewayApp.StartAsync(
        configure,
        services: services =>
        {
            services.AddOpenApi();
            if (access is not null) services.Configure(access);
        },
        map: app =>
        {
            app.MapPpvGateway();
            app.MapOpenApi();
        });

    /// <summary>As a reader of the standard reads it: without an error or a warning.</summary>
    public static async Task<OpenApiDocument> DocumentAsync(this GatewayApp gateway)
    {
        var text = await gateway.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        var result = OpenApiDocument.Parse(text, "json");
        result.Diagnostic!.Errors.ShouldBeEmpty();
        result.Diagnostic.Warnings.ShouldBeEmpty();
        result.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()).ShouldBeEmpty();
        return result.Document!;
    }

    /// <summary>Each header that has something to say is described, and each that is said to be there always is there.</summary>
    public static void ShouldHaveTheHeadersOf(this HttpResponseMessage response, IOpenApiResponse described)
    {
        foreach (var (name, values) in response.Headers.Where(header => header.Key is not ("Date" or "Server" or "Transfer-Encoding")))
        {
            (described.Headers?.Keys ?? []).ShouldContain(name);
            var schema = described.Headers![name].Schema!;
            if (schema.Enum is { Count: > 0 } allowed)
                allowed.Select(value => value.GetValue<string>()).ShouldContain(values.Single());
            if (schema.Type == JsonSchemaType.Integer)
                int.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture).ShouldBePositive();
        }

        (described.Headers ?? new Dictionary<string, IOpenApiHeader>()).Where(header => header.Value.Required)
            .ShouldAllBe(header => response.Headers.Contains(header.Key));
    }
}
