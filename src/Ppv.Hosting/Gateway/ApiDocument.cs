using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Ppv.Hosting.Gateway;

/// <summary>Small parts of an OpenAPI document.</summary>
internal static class ApiDocument
{
    private const string Json = "application/json";

    public static OpenApiSchema Text(
        string? description = null, string? pattern = null, IEnumerable<string>? oneOf = null, int? maxLength = null,
        bool canBeNull = false) =>
        new()
        {
            Type = canBeNull ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String,
            Description = description,
            Pattern = pattern,
            MaxLength = maxLength,
            Enum = oneOf?.Select(value => (JsonNode)JsonValue.Create(value)).ToList(),
        };

    public static OpenApiSchema WholeNumber(int minimum) =>
        new() { Type = JsonSchemaType.Integer, Minimum = minimum.ToString(CultureInfo.InvariantCulture) };

    public static OpenApiSchema Object(
        IEnumerable<(string Name, IOpenApiSchema Schema)> properties, IEnumerable<string> required, string? description = null) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Description = description,
            Properties = properties.ToDictionary(property => property.Name, property => property.Schema),
            Required = required.ToHashSet(),
        };

    public static OpenApiParameter Parameter(ParameterLocation place, string name, string description, IOpenApiSchema schema) =>
        new() { In = place, Name = name, Description = description, Required = place == ParameterLocation.Path, Schema = schema };

    public static IOpenApiHeader Header(string description, IOpenApiSchema schema, bool isAlwaysThere) =>
        new OpenApiHeader { Description = description, Required = isAlwaysThere, Schema = schema };

    public static OpenApiRequestBody Body(
        string description, IOpenApiSchema schema, IEnumerable<(string Name, string Summary, string Json)> examples) =>
        new() { Description = description, Required = true, Content = Content(schema, examples) };

    public static OpenApiResponse Response(
        string description, IOpenApiSchema schema, IEnumerable<(string Name, string Summary, string Json)> examples,
        IDictionary<string, IOpenApiHeader>? headers = null) =>
        new() { Description = description, Headers = headers, Content = Content(schema, examples) };

    private static Dictionary<string, OpenApiMediaType> Content(
        IOpenApiSchema schema, IEnumerable<(string Name, string Summary, string Json)> examples) =>
        new()
        {
            [Json] = new OpenApiMediaType
            {
                Schema = schema,
                Examples = examples.ToDictionary(
                    example => example.Name,
                    IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = JsonNode.Parse(example.Json) }),
            },
        };
}
