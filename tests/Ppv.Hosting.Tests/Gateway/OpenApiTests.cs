using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>What a host's OpenAPI document says of the gateway is what the gateway does.</summary>
public class OpenApiTests
{
    private const string Confirm = """{"content":{"connid":"1","CONFIRM":"UP"}}""";

    [Fact]
    public async Task The_document_is_valid_and_has_each_endpoint_of_the_gateway()
    {
        await using var gateway = await StartAsync();
        var document = await gateway.DocumentAsync();

        document.Paths.Keys.Order().ShouldBe([GatewayApp.Path, $"{GatewayApp.Path}/orders/{{orderId}}"]);
        document.Paths[GatewayApp.Path].Operations!.Keys.ShouldBe([HttpMethod.Get, HttpMethod.Post], ignoreOrder: true);
        document.Paths.SelectMany(path => path.Value.Operations!.Values).Select(operation => operation.OperationId)
            .ShouldBe(["placeOrderWithGet", "placeOrder", "getOrderStatus"], ignoreOrder: true);
        Orders(document, HttpMethod.Get).RequestBody.ShouldNotBeNull("the voice platform sends a body with GET");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Every_example_of_a_request_is_accepted_and_both_forms_place_the_same_orders(string method)
    {
        await using var gateway = await StartAsync();
        var examples = Orders(await gateway.DocumentAsync(), new HttpMethod(method)).RequestBody!.Content!["application/json"].Examples!;

        foreach (var example in examples.Values)
        {
            using var response = await gateway.SendAsync(new HttpMethod(method), Encoding.UTF8.GetBytes(example.Value!.ToJsonString()));
            await response.ShouldSayAsync("OK", "Completed");
        }

        string[] placed = ["EV=262193", "EN=85165320", "CONFIRM=UP"];
        gateway.Client.Orders.Select(order => $"{order.Command.Key}={order.Command.Value}").ShouldBe([.. placed, .. placed]);
        gateway.Client.Orders.ShouldAllBe(order => order.ConnectionId!.ToString() == "012703395c597610");
        examples.Values.Select(example => example.Value!["content"]!.GetValueKind()).Distinct().Count().ShouldBe(2, "both forms");
    }

    [Fact]
    public async Task Every_header_status_and_code_that_the_gateway_sends_is_described()
    {
        await using var gateway = await StartAsync();
        var document = await gateway.DocumentAsync();
        var orders = Orders(document, HttpMethod.Post);
        List<(RpcOutcome Outcome, string? Code, string? Reason, string Body)> cases =
        [
            (RpcOutcome.Completed, "OK", null, Confirm),
            (RpcOutcome.Unknown, null, "No answer.", Confirm),
            (RpcOutcome.NotExecuted, ResultCodes.WizardUnavailable, "Wizard is down.", Confirm),
            (RpcOutcome.NotExecuted, ResultCodes.InvalidOrder, "No EV.", Confirm),
            (RpcOutcome.Completed, "OK", null, "{}"),
            (RpcOutcome.Completed, "OK", null, Confirm + new string(' ', 20_000)),
        ];
        foreach (var (outcome, code, reason, body) in cases)
        {
            gateway.Client.Says(outcome, code, reason);
            using var response = await gateway.PostAsync(body);
            var described = orders.Responses![$"{(int)response.StatusCode}"];
            response.ShouldHaveTheHeadersOf(described);
            var said = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["callresult"]!.GetValue<string>();
            orders.Description!.ShouldContain($"| {said} |");
            described.Content!["application/json"].Examples!.Values
                .ShouldContain(example => example.Value!["callresult"]!.GetValue<string>() == said, said);
        }
    }

    [Fact]
    public async Task Every_answer_of_the_status_endpoint_is_described()
    {
        await using var gateway = await StartAsync();
        var document = await gateway.DocumentAsync();
        var responses = document.Paths[$"{GatewayApp.Path}/orders/{{orderId}}"].Operations![HttpMethod.Get].Responses!;
        var seen = new HashSet<string>();
        foreach (var (id, state) in Enum.GetValues<PpvOrderState>().Select(state => ("order-7", state))
            .Append(("a%20b", default)).Append(("by-a-page", default)))
        {
            gateway.Client.Status = orderId => Task.FromResult(new PpvOrderStatus(orderId, state, "OK", "A reason."));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{GatewayApp.Path}/orders/{id}");
            if (id == "by-a-page") request.Headers.Add("Origin", "https://elsewhere.example");
            using var response = await gateway.Http.SendAsync(request);
            var schema = responses[$"{(int)response.StatusCode}"].Content!["application/json"].Schema!;
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
            body.Select(property => property.Key).Order().ShouldBe(schema.Properties!.Keys.Order());
            schema.Properties["state"].Enum!.Select(value => value.GetValue<string>()).ShouldContain(body["state"]!.GetValue<string>());
            seen.Add($"{(int)response.StatusCode}");
        }

        seen.Order().ShouldBe(responses.Keys.Order());
    }

    [Fact]
    public async Task The_document_says_what_is_configured_now()
    {
        await using var gateway = await StartAsync(options =>
        {
            (options.Gateway.Path, options.Gateway.NoAnswerCode, options.Gateway.MaxBodyBytes) = ("/buy", "E7", 300);
            (options.Gateway.AcceptOrderIds, options.Gateway.AllowMissingConnectionId) = (false, true);
        });
        var document = await gateway.DocumentAsync();
        var orders = document.Paths["/buy"].Operations![HttpMethod.Post];
        orders.Description!.ShouldContain("| E7 |");
        orders.RequestBody!.Description!.ShouldContain("300 bytes");
        (orders.Parameters ?? []).ShouldBeEmpty();
        orders.RequestBody.Content!["application/json"].Schema!.Properties!["content"].OneOf![0].Required.ShouldBeNull();
    }

    [Fact]
    public async Task A_header_that_names_an_order_is_described_and_taken()
    {
        await using var gateway = await StartAsync();
        var parameters = Orders(await gateway.DocumentAsync(), HttpMethod.Post).Parameters!;
        parameters.Select(parameter => parameter.Name).ShouldBe(["X-Ppv-Order-Id", "Idempotency-Key"]);
        foreach (var parameter in parameters)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path) { Content = new StringContent(Confirm) };
            request.Headers.Add(parameter.Name!, "order-7");
            using var response = await gateway.Http.SendAsync(request);
            response.Header("X-Ppv-Order-Id").ShouldBe("order-7");
        }
    }

    private static Task<GatewayApp> StartAsync(Action<PpvGatewayOptions>? configure = null) =>
        GatewayDocument.StartAsync(configure);

    private static OpenApiOperation Orders(OpenApiDocument document, HttpMethod method) =>
        document.Paths[GatewayApp.Path].Operations![method];
}
