using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting.Gateway;

/// <summary>The body of a request, whatever its method and content type: all of it, or the knowledge that it is too long.</summary>
internal static class RequestBody
{
    /// <summary>Reads the body, never more than one byte beyond the limit.</summary>
    /// <returns>The bytes; <see langword="null"/> when there are more than <paramref name="maxBytes"/>.</returns>
    /// <exception cref="BadHttpRequestException">The body is not framed as HTTP wants it, came too slowly, or ended too early.</exception>
    /// <exception cref="IOException">The caller left.</exception>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) return null;
        var reader = request.BodyReader;
        var result = await reader.ReadAtLeastAsync(maxBytes + 1, cancellationToken).ConfigureAwait(false);
        var body = result.Buffer.Length > maxBytes ? null : result.Buffer.ToArray();
        reader.AdvanceTo(result.Buffer.End);
        return body;
    }
}
