using Microsoft.AspNetCore.Http;
using Ppv.Protocol;

namespace Ppv.Hosting.Gateway;

/// <summary>The order id that a caller, or a proxy before us, gave to its request.</summary>
internal static class OrderIdHeaders
{
    public const string OrderId = "X-Ppv-Order-Id";
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Shorter than what the queue takes (<see cref="PpvOrder.MaxIdLength"/>): a UUID with all its decoration has 38.</summary>
    private const int MaxLength = 64;

    /// <summary>Reads both headers; each may be there more than once, as long as all say the same.</summary>
    /// <returns>
    /// The first id, <see langword="null"/> when there is none that can be one, and whether it is a key, which may be repeated for long;
    /// and why the request must be refused, if it must: something may have been executed under the id all the same.
    /// </returns>
    public static (string? OrderId, bool IsKey, string? Error) Read(IHeaderDictionary headers)
    {
        string? found = null, error = null;
        var isKey = false;
        foreach (var name in (string[])[OrderId, IdempotencyKey])
        {
            foreach (var value in headers[name])
            {
                var id = name == IdempotencyKey ? Unquoted(value ?? "") : value ?? "";
                if (id.Length > MaxLength || !PpvOrder.IsValidId(id))
                    error ??= $"{name} must be 1 to {MaxLength} printable ASCII characters without spaces.";
                else if (Array.Exists(id.Split('/'), part => part is "." or ".."))
                    error ??= $"{name} must not be . or .., alone or between slashes: no address could ask for such an order.";
                else if (found is not null && found != id)
                    error ??= $"The request names its order twice, and differently; {OrderId} and {IdempotencyKey} must say the same.";
                else
                    (found, isKey) = (id, isKey || name == IdempotencyKey);
            }
        }

        return (found, isKey, error);
    }

    /// <summary>The draft of the IETF makes the key a string in quotes; most senders leave them out.</summary>
    private static string Unquoted(string value) => value is ['"', .. var inner, '"'] ? inner : value;
}
