using Microsoft.AspNetCore.Http;
using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>The order id that a caller, or a proxy before us, gave to its request.</summary>
internal static class OrderIdHeaders
{
    public const string OrderId = "X-Ppv-Order-Id";
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Shorter than what the queue takes (<see cref="PpvOrder.MaxIdLength"/>): a UUID with all its decoration has 38.</summary>
    private const int MaxLength = 64;

    /// <summary>Reads both headers; each may be there more than once, as long as all say the same.</summary>
    /// <returns>The id, <see langword="null"/> when there is none; or why the request must be refused.</returns>
    public static (string? OrderId, string? Error) Read(IHeaderDictionary headers)
    {
        string? found = null;
        foreach (var name in (string[])[OrderId, IdempotencyKey])
        {
            foreach (var value in headers[name])
            {
                var id = name == IdempotencyKey ? Unquoted(value ?? "") : value ?? "";
                if (id.Length > MaxLength || !PpvOrder.IsValidId(id)) return (null, $"{name} must be 1 to {MaxLength} printable ASCII characters without spaces.");
                if (found is not null && found != id) return (null, $"The request names its order twice, and differently; {OrderId} and {IdempotencyKey} must say the same.");
                found = id;
            }
        }

        return (found, null);
    }

    /// <summary>The draft of the IETF makes the key a string in quotes; most senders leave them out.</summary>
    private static string Unquoted(string value) => value is ['"', .. var inner, '"'] ? inner : value;
}
