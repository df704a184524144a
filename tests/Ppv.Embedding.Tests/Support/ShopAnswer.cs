using System.Net;
using System.Text.Json;

namespace Ppv.Embedding.Tests.Support;

/// <summary>What the shop said.</summary>
internal sealed record ShopAnswer(HttpStatusCode Status, JsonElement Body, string? Location)
{
    public string? State => Text("state");

    public string? Code => Text("code");

    /// <summary>The sentence for the customer, of an answer or of a problem.</summary>
    public string Message => Text("message") ?? Text("detail") ?? "";

    /// <summary>Whether another cart has it, and the customer is to say that he wants it again.</summary>
    public bool IsAgain => Body.TryGetProperty("isAgain", out var value) && value.GetBoolean();

    public JsonElement Errors => Body.GetProperty("errors");

    private string? Text(string name) => Body.TryGetProperty(name, out var value) ? value.GetString() : null;
}
