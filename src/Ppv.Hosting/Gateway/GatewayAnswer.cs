using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What a caller is told: <c>{"callresult":"…"}</c> and what is known of the order, in headers.</summary>
/// <param name="OrderId">The order's id; for a request that is none, the id under which the log has it.</param>
/// <param name="Code">What stands in <c>callresult</c>.</param>
/// <param name="Outcome">What is known of the order.</param>
/// <param name="Reason">Why it is not completed.</param>
/// <param name="Status">The HTTP status.</param>
internal sealed record GatewayAnswer(string OrderId, string Code, RpcOutcome Outcome, string? Reason, int Status = StatusCodes.Status200OK)
{
    public const string OutcomeHeader = "X-Ppv-Outcome", ReasonHeader = "X-Ppv-Reason";
    public const int MaxReasonLength = 400;

    // The answer is no part of a page, so only what JSON itself needs is escaped: callers that compare texts see them as they are.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The reason on one line of printable ASCII, as a header and a log line need it: a worker's words are not trusted.</summary>
    public string? Reason { get; } = Reason is null ? null : OneLine(Reason);

    /// <summary>An id for a request that has none.</summary>
    public static string NewId() => Guid.CreateVersion7().ToString("N");

    public async Task WriteToAsync(HttpResponse response)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("callresult"u8, Code);
            json.WriteEndObject();
        }

        response.StatusCode = Status;
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        response.Headers[OrderIdHeaders.OrderId] = OrderId;
        response.Headers[OutcomeHeader] = Outcome.ToString();
        if (Reason is not null) response.Headers[ReasonHeader] = Reason;
        await response.Body.WriteAsync(body.WrittenMemory).ConfigureAwait(false);
    }

    private static string OneLine(string text) =>
        string.Create(Math.Min(text.Length, MaxReasonLength), text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = text[i] switch { < ' ' => ' ', > '~' => '?', var c => c };
        }).Trim();
}
