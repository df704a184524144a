using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ppv.Protocol.Orders;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Messages;

namespace Ppv.Hosting.Gateway;

/// <summary>What a caller is told: <c>{"callresult":"…"}</c> and what is known of the order, in headers.</summary>
internal sealed record GatewayAnswer
{
    public const string OutcomeHeader = "X-Ppv-Outcome", ReasonHeader = "X-Ppv-Reason", AttemptHeader = "X-Ppv-Attempt";
    public const int MaxReasonLength = 400;

    // The answer is no part of a page, so only what JSON itself needs is escaped: callers that compare texts see them as they are.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private GatewayAnswer(string orderId, string code, RpcOutcome outcome, Reason? reason) =>
        (OrderId, Code, Outcome, Reason, Logged) = (orderId, code, outcome, OneLine(reason?.Told), OneLine(reason?.Logged));

    /// <summary>The order's id; for a request that is none, the id under which the log has it.</summary>
    public string OrderId { get; private init; }

    /// <summary>What stands in <c>callresult</c>.</summary>
    public string Code { get; }

    /// <summary>What is known of all that was ever asked for under the id.</summary>
    public RpcOutcome Outcome { get; }

    /// <summary>
    /// Why it is not completed, on one line of printable ASCII, as a header and a log line need it: a worker's words are not trusted.
    /// </summary>
    public string? Reason { get; }

    /// <summary>The same for the log, with what no caller is told.</summary>
    public string? Logged { get; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; private init; } = StatusCodes.Status200OK;

    /// <summary>Whether the gateway has turned this request away itself, so that another gateway may be asked.</summary>
    public bool IsTurnedAway { get; private init; }

    /// <summary>What the client has found out.</summary>
    /// <param name="result">That.</param>
    /// <param name="noAnswerCode">The code where nobody has said anything.</param>
    public static GatewayAnswer Of(PpvResult result, string noAnswerCode) => new(
        result.OrderId, result.Code ?? noAnswerCode, result.Outcome,
        result.Outcome == RpcOutcome.Completed || result.Reason is not { } told
            ? null : Ppv.Protocol.Text.Reason.Said(told, result.Detail));

    /// <summary>Nobody knows.</summary>
    public static GatewayAnswer Unknown(string orderId, string code, Reason reason) => new(orderId, code, RpcOutcome.Unknown, reason);

    /// <summary>
    /// The gateway turns the request away. Under an id of the caller's own something may have been executed before, here or elsewhere.
    /// </summary>
    /// <param name="callersId">The id that the caller has given the request; <see langword="null"/>: none.</param>
    /// <param name="code">The code.</param>
    /// <param name="reason">Why.</param>
    /// <param name="status">The HTTP status.</param>
    public static GatewayAnswer TurnedAway(string? callersId, string code, NotSent reason, int status = StatusCodes.Status200OK)
    {
        var (outcome, told) = reason.Tell(callersId is null ? NewId.Of(IdHistory.New) : null);
        return new GatewayAnswer(callersId ?? Guid.CreateVersion7().ToString("N"), code, outcome, told)
        {
            Status = status,
            IsTurnedAway = true,
        };
    }

    /// <summary>The answer as the order's owner has named the order.</summary>
    public GatewayAnswer For(string? owner) => owner is null ? this : this with { OrderId = Owned.BareId(OrderId, owner) };

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
        if (IsTurnedAway) response.Headers[AttemptHeader] = nameof(RpcOutcome.NotExecuted);
        await response.Body.WriteAsync(body.WrittenMemory).ConfigureAwait(false);
    }

    private static string? OneLine(string? text) => text is null ? null
        : string.Create(Math.Min(text.Length, MaxReasonLength), text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = text[i] switch { < ' ' => ' ', > '~' => '?', var c => c };
        }).Trim();
}
