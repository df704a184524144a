using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Ppv.Hosting.Security;

namespace Ppv.Hosting.Gateway;

/// <summary>In an OpenAPI document: who is turned away before an endpoint sees the request, and which key it takes.</summary>
internal static class RefusalOperation
{
    private const string NotForBrowsers =
        "A web page has sent it, of an origin that is not among Ppv:Gateway:AllowedOrigins. Nothing was executed.";

    private const string KeyScheme = "ppvKey", BasicScheme = "ppvBasic";

    /// <summary>Makes the answer to one refusal in the form of an endpoint: its description, a reason of it, the headers besides.</summary>
    public delegate OpenApiResponse Form(string description, string reason, Dictionary<string, IOpenApiHeader> headers);

    /// <summary>When a caller that was turned away may come again.</summary>
    public static Dictionary<string, IOpenApiHeader> RetryAfter(bool isAlwaysThere) => new()
    {
        ["Retry-After"] = ApiDocument.Header("After how many seconds to try again.", ApiDocument.WholeNumber(minimum: 1), isAlwaysThere),
    };

    /// <summary>
    /// Adds 403 for browsers, 401, 403 and the two ways to show a key where one is asked for, and 429 where requests or wrong keys are
    /// counted.
    /// </summary>
    public static void Complete(OpenApiOperation operation, OpenApiDocument? document, PpvAccessOptions access, GatewayLimitsOptions limits,
        Form form)
    {
        operation.Responses ??= [];
        operation.Responses[$"{StatusCodes.Status403Forbidden}"] = form(
            access.AsksForOrders ? $"{NotForBrowsers} Or the key is that of a client that may not do this." : NotForBrowsers,
            access.AsksForOrders ? ClientKeyHandler.MayNot : BrowserRule.Reason, []);
        if (access.AsksForOrders)
        {
            operation.Responses[$"{StatusCodes.Status401Unauthorized}"] = form(
                "No key was shown, or one that no client has. Nothing was executed.", ClientKeyHandler.KeyIsNeeded, new()
                {
                    ["WWW-Authenticate"] = ApiDocument.Header("How a key can be shown.", ApiDocument.Text(), isAlwaysThere: true),
                });
            AskForKey(operation, document);
        }

        string[] limited =
        [
            .. limits.RequestsPerClient is { } requests
                ? [$"The client makes more requests than it may, {Of(requests, limits.Window)}."]
                : (string[])[],
            .. access is { AsksForOrders: true, WrongKeysPerAddress: { } keys }
                ? [$"From its address come more wrong keys than may, {Of(keys, access.WrongKeysWindow)}."]
                : (string[])[],
        ];
        if (limited.Length > 0)
            operation.Responses[$"{StatusCodes.Status429TooManyRequests}"] = form(
                $"{string.Join(" Or: ", limited)} Nothing was executed.",
                limits.RequestsPerClient is null ? ClientKeyHandler.TooManyWrong : Admission.TooMany, RetryAfter(isAlwaysThere: true));

        static string Of(int number, TimeSpan window) => FormattableString.Invariant($"{number} in {window.TotalSeconds:0.###} s");
    }

    private static void AskForKey(OpenApiOperation operation, OpenApiDocument? document)
    {
        document?.AddComponent<IOpenApiSecurityScheme>(KeyScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ClientKeyHandler.KeyHeader,
            Description = "A client's key.",
        });
        document?.AddComponent<IOpenApiSecurityScheme>(BasicScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "A client's name, and its key as the password.",
        });
        operation.Security ??= [];
        foreach (var scheme in (string[])[KeyScheme, BasicScheme])
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] });
    }
}
