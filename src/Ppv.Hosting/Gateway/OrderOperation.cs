using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Gateway;

/// <summary>The order endpoint in an OpenAPI document: both forms of a body, the headers, the codes (contract §1).</summary>
internal static class OrderOperation
{
    public const string Summary = "Place an order";

    private const string OutcomeText =
        "What is known of the order: Completed (callresult is Wizard's word), NotExecuted (proven: neither this request nor an earlier one "
            + "under its id was executed), or Unknown (one may have been; ask for its status before anything else is tried).";

    /// <summary>Adds what the endpoint's metadata can't say. Answers that others have added, such as 401, stay.</summary>
    public static void Complete(OpenApiOperation operation, string? method, OrderEndpointOptions gateway)
    {
        var isGet = method == HttpMethods.Get;
        operation.OperationId = isGet ? "placeOrderWithGet" : "placeOrder";
        operation.Summary = isGet ? $"{Summary}, as the voice platform does" : Summary;
        operation.Description = Description(gateway, isGet);
        operation.Parameters = gateway.AcceptOrderIds
            ?
            [
                ApiDocument.Parameter(ParameterLocation.Header, OrderIdHeaders.OrderId,
                    "The order's id, chosen by the caller. A request that is sent again with its id is the same order and gets the first "
                        + "one's answer. Each order needs an id of its own, not each call.",
                    ApiDocument.Text(pattern: "^[!-~]{1,64}$")),
                ApiDocument.Parameter(ParameterLocation.Header, OrderIdHeaders.IdempotencyKey,
                    $"The same as {OrderIdHeaders.OrderId}, bare or in quotes. When both are there they must say the same.",
                    ApiDocument.Text(pattern: "^[!-~]{1,66}$")),
            ]
            : null;
        operation.RequestBody = ApiDocument.Body(
            $"One command of a call: EV, then EN, then CONFIRM, all with the call's connid. At most {gateway.MaxBodyBytes} bytes. The "
                + "Content-Type is not looked at.",
            Request(gateway),
            Requests);
        operation.Responses ??= [];
        operation.Responses["200"] = ApiDocument.Response(
            "The answer, whatever it is: 200 is no yes. callresult is OK, another word of Wizard's, or one of the codes above.",
            Answer,
            Answers(gateway),
            Headers);
        operation.Responses["413"] = ApiDocument.Response(
            $"The body is longer than {gateway.MaxBodyBytes} bytes. This request was not executed.",
            Answer,
            [("tooLong", "A body that is too long", Said(gateway.InvalidRequestCode))],
            Headers);
        operation.Responses["503"] = ApiDocument.Response(
            "The gateway takes no orders now: an operator has closed its intake, or it works on as many requests as it may. This request "
                + "was not executed; it may be placed again under its id, also at another gateway.",
            Answer,
            [("turnedAway", "A closed or full gateway", Said(gateway.InvalidRequestCode))],
            WithHeaders(RefusalOperation.RetryAfter(isAlwaysThere: true)));
    }

    /// <summary>As <see cref="OrderRefusalForm"/> writes it.</summary>
    public static RefusalOperation.Form Refusal(OrderEndpointOptions gateway) => (description, reason, headers) => ApiDocument.Response(
        description, Answer, [("refused", reason, Said(gateway.InvalidRequestCode))], WithHeaders(headers));

    private static OpenApiSchema Answer => ApiDocument.Object(
        [("callresult", ApiDocument.Text("Wizard's word, or a code."))], ["callresult"]);

    private static Dictionary<string, IOpenApiHeader> Headers => new()
    {
        [OrderIdHeaders.OrderId] = ApiDocument.Header(
            "The order's id: the caller's, or a new one. Ask with it for the order's status.", ApiDocument.Text(), isAlwaysThere: true),
        [GatewayAnswer.OutcomeHeader] = ApiDocument.Header(
            OutcomeText, ApiDocument.Text(oneOf: Enum.GetNames<RpcOutcome>()), isAlwaysThere: true),
        [GatewayAnswer.ReasonHeader] = ApiDocument.Header(
            $"Why the order is not completed, in a sentence for a person. Not there when {GatewayAnswer.OutcomeHeader} is Completed.",
            ApiDocument.Text(maxLength: GatewayAnswer.MaxReasonLength), isAlwaysThere: false),
        [GatewayAnswer.AttemptHeader] = ApiDocument.Header(
            "NotExecuted where the gateway has turned this very request away, so that another gateway may be asked. It says nothing of "
                + $"earlier requests under the id, which {GatewayAnswer.OutcomeHeader} does. Not there otherwise.",
            ApiDocument.Text(oneOf: [nameof(RpcOutcome.NotExecuted)]), isAlwaysThere: false),
    };

    private static Dictionary<string, IOpenApiHeader> WithHeaders(Dictionary<string, IOpenApiHeader> more) => new(Headers.Concat(more));

    private static IEnumerable<(string Name, string Summary, string Json)> Requests =>
    [
        ("event", "EV, as an object", """{"content":{"connid":"012703395c597610","EV":"262193"}}"""),
        ("subscriber", "EN, as an object", """{"content":{"connid":"012703395c597610","EN":"85165320"}}"""),
        ("confirm", "CONFIRM, as an object: this buys", """{"content":{"connid":"012703395c597610","CONFIRM":"UP"}}"""),
        ("eventAsText", "EV, as the voice platform writes it", """{"content":"{'connid':'012703395c597610','EV':'262193'}"}"""),
        ("subscriberAsText", "EN, as the voice platform writes it", """{"content":"{'connid':'012703395c597610','EN':'85165320'}"}"""),
        ("confirmAsText", "CONFIRM, as the voice platform writes it: this buys",
            """{"content":"{'connid':'012703395c597610','CONFIRM':'UP'}"}"""),
    ];

    private static IEnumerable<(string Name, string Summary, string Json)> Answers(OrderEndpointOptions gateway) =>
    [
        ("ok", "Wizard took the command", Said(ResultCodes.Ok)),
        ("noAnswer", "No answer in time: Unknown, or NotExecuted where that is proven", Said(gateway.NoAnswerCode)),
        ("invalidRequest", "The request can't be understood: NotExecuted, or Unknown under an id of the caller's",
            Said(gateway.InvalidRequestCode)),
        ("wizardUnavailable", "Wizard could not be reached, or did not answer", Said(ResultCodes.WizardUnavailable)),
        ("invalidOrder", "The worker refused the order: NotExecuted, or Unknown where its id may be older", Said(ResultCodes.InvalidOrder)),
    ];

    private static string Said(string code) => $$"""{"callresult":"{{code.Replace("\\", @"\\", StringComparison.Ordinal)}}"}""";

    private static OpenApiSchema Request(OrderEndpointOptions gateway)
    {
        var asObject = ApiDocument.Object(
            [
                ("connid", ApiDocument.Text("The call, the same for its three commands.", $"^[0-9A-Fa-f]{{1,{ConnectionId.MaxLength}}}$")),
                ("EV", ApiDocument.Text("The number of the event.", ValuePattern)),
                ("EN", ApiDocument.Text("The number of the subscriber.", ValuePattern)),
                ("CONFIRM", ApiDocument.Text("Buys what EV and EN have named.", oneOf: [PpvCommand.ConfirmValue])),
            ],
            gateway.AllowMissingConnectionId ? [] : ["connid"],
            "Exactly one command.");
        asObject.OneOf = [.. ((string[])["EV", "EN", "CONFIRM"]).Select(IOpenApiSchema (command) =>
            new OpenApiSchema { Required = new HashSet<string> { command } })];
        var asText = ApiDocument.Text("The same as a text, written as a Python dictionary with single quotes.");
        return ApiDocument.Object([("content", new OpenApiSchema { OneOf = [asObject, asText] })], ["content"]);
    }

    /// <summary>As <see cref="PpvCommand.IsValidValue"/> has it: no quotes, no backslash, no space at either end.</summary>
    private static string ValuePattern => $@"^[!#-&(-\[\]-~]([ !#-&(-\[\]-~]{{0,{PpvCommand.MaxValueLength - 2}}}[!#-&(-\[\]-~])?$";

    private static string Description(OrderEndpointOptions gateway, bool isGet)
    {
        var method = isGet
            ? "The voice platform sends its orders with GET and a body. HTTP gives a body of a GET no meaning, and some clients and "
                + "proxies drop it; new callers use POST, which is the same in every other respect. Nothing on the way may cache or "
                + "repeat this GET."
            : "The same as GET, for callers that can choose.";
        const string byWorker = "said by the worker, unless it is configured otherwise: ";
        return $"""
            {method}

            A call has three orders with one connid: EV (event), EN (subscriber), CONFIRM (buys). The answer is 200 whenever the gateway
            could say anything, within its time-out; callresult is Wizard's word, or a code:

            | code | meaning |
            |---|---|
            | {ResultCodes.Ok} | Wizard took the command; of a CONFIRM: it is bought |
            | {gateway.NoAnswerCode} | the gateway had no answer in time |
            | {gateway.InvalidRequestCode} | the request can't be understood; it was not executed |
            | {ResultCodes.WizardUnavailable} | {byWorker}Wizard could not be reached or did not answer |
            | {ResultCodes.InvalidOrder} | {byWorker}the order is invalid, or its call has no EV and EN |

            Whether an order that failed may have been executed says the header {GatewayAnswer.OutcomeHeader}.
            """.ReplaceLineEndings("\n");
    }
}
