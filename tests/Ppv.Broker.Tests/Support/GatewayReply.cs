namespace Ppv.Broker.Tests.Support;

/// <summary>What a caller gets.</summary>
internal sealed record GatewayReply(int Status, string Body, string? ContentType, string? Outcome, string? Reason, string? OrderId)
{
    public const string Ok = """{"callresult":"OK"}""";

    public static async Task<GatewayReply> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        await response.Content.ReadAsStringAsync(),
        response.Content.Headers.ContentType?.ToString(),
        Header(response, "X-Ppv-Outcome"),
        Header(response, "X-Ppv-Reason"),
        Header(response, "X-Ppv-Order-Id"));

    public static string With(string code) => $$"""{"callresult":"{{code}}"}""";

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;
}
