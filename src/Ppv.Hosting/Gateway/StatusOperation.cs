using Microsoft.OpenApi;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Gateway;

/// <summary>The status endpoint in an OpenAPI document.</summary>
internal static class StatusOperation
{
    public const string Summary = "Ask what became of an order";

    /// <summary>Adds what the endpoint's metadata can't say. Answers that others have added, such as 401, stay.</summary>
    public static void Complete(OpenApiOperation operation)
    {
        operation.OperationId = "getOrderStatus";
        operation.Summary = Summary;
        operation.Description =
            "Asks the worker's journal. Only where every worker on the queue is a new one: an old one takes the question for "
            + "an order, and stops. On a queue of the kind LegacyTransient it asks only with Ppv:Gateway:AskOnLegacyQueue.";
        operation.Parameters =
        [
            ApiDocument.Parameter(ParameterLocation.Path, "orderId",
                $"From the answer's header {OrderIdHeaders.OrderId}, or the one that the caller chose. A slash in it is written %2F.",
                ApiDocument.Text(pattern: $"^[!-~]{{1,{PpvOrder.MaxIdLength}}}$")),
        ];
        operation.Responses ??= [];
        operation.Responses["200"] = Answer("The order is known.", "known", "A purchase", PpvOrderState.Completed, "\"OK\"", "null");
        operation.Responses["400"] = Answer(
            "This is no order id.", "noId", "An id with a space", PpvOrderState.Unavailable, "null",
            $"\"An order id has 1 to {PpvOrder.MaxIdLength} printable ASCII characters and no spaces.\"");
        operation.Responses["404"] = Answer(
            "The worker has never seen the order, or not within the time that its journal keeps.", "neverSeen", "An unknown id",
            PpvOrderState.NeverSeen, "null", "null");
        operation.Responses["503"] = Answer(
            "The worker could not be asked, or the gateway works on as many requests as it may; then it says when to ask again.",
            "unavailable", "No worker answers", PpvOrderState.Unavailable, "null", "\"No answer came in time.\"",
            RefusalOperation.RetryAfter(isAlwaysThere: false));
    }

    /// <summary>As <see cref="StatusRefusalForm"/> writes it.</summary>
    public static OpenApiResponse Refusal(string description, string reason, Dictionary<string, IOpenApiHeader> headers) =>
        Answer(description, "refused", reason, PpvOrderState.Unavailable, "null", $"\"{reason}\"", headers);

    private static OpenApiResponse Answer(
        string description, string name, string summary, PpvOrderState state, string code, string reason,
        Dictionary<string, IOpenApiHeader>? headers = null) =>
        ApiDocument.Response(
            description, Status, [(name, summary, $$"""{"orderId":"order-7","state":"{{state}}","code":{{code}},"reason":{{reason}}}""")],
            headers);

    private static OpenApiSchema Status => ApiDocument.Object(
        [
            ("orderId", ApiDocument.Text()),
            ("state", ApiDocument.Text(
                "Completed: Wizard answered, and code is what it said. NotExecuted: nothing was bought. Unknown: it is being executed "
                    + "now, or "
                    + "nobody knows yet. NeverSeen: there is no record of it. Unavailable: the worker could not be asked.",
                oneOf: Enum.GetNames<PpvOrderState>())),
            ("code", ApiDocument.Text("Wizard's word or the worker's code, or null.", canBeNull: true)),
            ("reason", ApiDocument.Text("More about it, for a person, or null.", canBeNull: true)),
        ],
        ["orderId", "state", "code", "reason"]);
}
