using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>Each status with which the gateway turns somebody away is in its OpenAPI document, with body and headers.</summary>
public class OpenApiRefusalTests
{
    private const string Order = """{"content":{"connid":"1","CONFIRM":"UP"}}""";
    private const string StatusPath = $"{GatewayApp.Path}/orders/order-7";

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task An_order_meets_every_status_that_is_described_and_no_other(string method)
    {
        await using var gateway = await StartAsync();
        var (begun, end) = (Signal(), Signal());
        gateway.Client.Answer = async (order, _) =>
        {
            begun.TrySetResult();
            await end.Task;
            return new PpvResult(order.Id, RpcOutcome.Completed, "OK", null);
        };
        var operation = (await gateway.DocumentAsync()).Paths[GatewayApp.Path].Operations![new HttpMethod(method)];
        var seen = new HashSet<string>();

        var first = OrderAsync("the-key-of-client-a");
        await begun.Task.WaitAsync(Hang.Limit);
        await SeeAsync(OrderAsync("the-key-of-client-b"));
        end.SetResult();
        await SeeAsync(first);
        await SeeAsync(OrderAsync("the-key-of-client-a"));
        await SeeAsync(OrderAsync(key: null));
        await SeeAsync(OrderAsync("the-key-of-an-operator"));
        await SeeAsync(OrderAsync("the-key-of-client-c", Order + new string(' ', 20_000)));

        seen.Order().ShouldBe(["200", "401", "403", "413", "429", "503"]);
        operation.Responses!.Keys.Order().ShouldBe(seen.Order());

        Task<HttpResponseMessage> OrderAsync(string? key, string body = Order) =>
            SendAsync(gateway, new HttpMethod(method), GatewayApp.Path, key, body);

        async Task SeeAsync(Task<HttpResponseMessage> sending)
        {
            using var response = await sending;
            var described = Described(operation, response);
            var said = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["callresult"]!.GetValue<string>();
            seen.Add($"{(int)response.StatusCode}");
            described.Content!["application/json"].Examples!.Values
                .ShouldContain(example => example.Value!["callresult"]!.GetValue<string>() == said, said);
        }
    }

    [Fact]
    public async Task An_inquiry_meets_every_status_that_is_described_and_no_other()
    {
        await using var gateway = await StartAsync();
        var (begun, end) = (Signal(), Signal());
        gateway.Client.Status = async orderId =>
        {
            begun.TrySetResult();
            await end.Task;
            return new PpvOrderStatus(orderId, PpvOrderState.Completed, "OK", null);
        };
        var operation = (await gateway.DocumentAsync()).Paths[$"{GatewayApp.Path}/orders/{{orderId}}"].Operations![HttpMethod.Get];
        var seen = new HashSet<string>();

        var first = AskAsync("the-key-of-client-a");
        await begun.Task.WaitAsync(Hang.Limit);
        await SeeAsync(AskAsync("the-key-of-client-b"));
        end.SetResult();
        await SeeAsync(first);
        await SeeAsync(AskAsync("the-key-of-client-a"));
        await SeeAsync(AskAsync(key: null));
        await SeeAsync(AskAsync("the-key-of-an-operator", origin: "https://elsewhere.example"));
        await SeeAsync(AskAsync("the-key-of-client-c", $"{GatewayApp.Path}/orders/a%20b"));
        gateway.Client.Status = orderId => Task.FromResult(new PpvOrderStatus(orderId, PpvOrderState.NeverSeen, null, null));
        await SeeAsync(AskAsync("the-key-of-client-d"));

        seen.Order().ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        operation.Responses!.Keys.Order().ShouldBe(seen.Order());

        Task<HttpResponseMessage> AskAsync(string? key, string path = StatusPath, string? origin = null) =>
            SendAsync(gateway, HttpMethod.Get, path, key, origin: origin);

        async Task SeeAsync(Task<HttpResponseMessage> sending)
        {
            using var response = await sending;
            var schema = Described(operation, response).Content!["application/json"].Schema!;
            JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject().Select(property => property.Key).Order()
                .ShouldBe(schema.Properties!.Keys.Order());
            seen.Add($"{(int)response.StatusCode}");
        }
    }

    [Fact]
    public async Task A_key_is_asked_for_in_the_document_in_the_two_ways_in_which_the_gateway_takes_it()
    {
        await using var gateway = await StartAsync();
        var document = await gateway.DocumentAsync();
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations!.Values))
        {
            operation.Security!.SelectMany(either => either.Keys)
                .Select(scheme => (scheme.Type, scheme.Name ?? scheme.Scheme))
                .ShouldBe([(SecuritySchemeType.ApiKey, "X-Api-Key"), (SecuritySchemeType.Http, "basic")]);
        }
    }

    [Fact]
    public async Task Without_keys_and_limits_nobody_is_told_of_them()
    {
        await using var gateway = await GatewayDocument.StartAsync();
        var document = await gateway.DocumentAsync();
        document.Paths[GatewayApp.Path].Operations!.Values
            .ShouldAllBe(operation => operation.Responses!.Keys.Order().SequenceEqual(new[] { "200", "403", "413", "503" }));
        document.Paths.Values.SelectMany(path => path.Operations!.Values).ShouldAllBe(operation => operation.Security == null);
        (document.Components?.SecuritySchemes ?? new Dictionary<string, IOpenApiSecurityScheme>()).ShouldBeEmpty();
    }

    /// <summary>With everything that turns away: keys, a number of requests for each client, one place.</summary>
    private static Task<GatewayApp> StartAsync() => GatewayDocument.StartAsync(
        options =>
        {
            options.Gateway.Limits.MaxConcurrentRequests = 1;
            (options.Gateway.Limits.RequestsPerClient, options.Gateway.Limits.Window) = (1, TimeSpan.FromHours(1));
        },
        access =>
        {
            foreach (var client in (string[])["a", "b", "c", "d"])
                access.Clients.Add(client, new PpvAccessClient { Key = $"the-key-of-client-{client}" });
            access.Clients.Add("operator", new PpvAccessClient { Key = "the-key-of-an-operator", Role = PpvAccessRole.Operator });
        });

    private static async Task<HttpResponseMessage> SendAsync(
        GatewayApp gateway, HttpMethod method, string path, string? key, string? body = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await gateway.Http.SendAsync(request);
    }

    private static IOpenApiResponse Described(OpenApiOperation operation, HttpResponseMessage response)
    {
        operation.Responses!.Keys.ShouldContain($"{(int)response.StatusCode}");
        var described = operation.Responses[$"{(int)response.StatusCode}"];
        response.ShouldHaveTheHeadersOf(described);
        return described;
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
