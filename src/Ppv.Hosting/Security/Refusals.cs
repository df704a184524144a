using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting.Security;

/// <summary>Turns a caller away, in the form of the endpoint.</summary>
internal static class Refusals
{
    public static Task WriteAsync(HttpContext context, int status, string reason) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IRefusalForm>() is { } form
            ? form.WriteAsync(context, status, reason)
            : WriteTextAsync(context.Response, status, reason);

    private static Task WriteTextAsync(HttpResponse response, int status, string reason)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync($"{reason}\n");
    }
}
