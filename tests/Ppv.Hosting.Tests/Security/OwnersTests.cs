using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Clients with keys of their own, from HTTP to Wizard: ids, keys and calls of one are as if they were not there for another one, also over
/// a restart of the worker.
/// </summary>
public sealed class OwnersTests : IAsyncLifetime
{
    private const string Call = "0127032d64a94732";
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["a"] = "the-key-of-client-a", ["a-next"] = "the-next-key-of-client-a", ["b"] = "the-key-of-client-b",
        ["operator"] = "the-key-of-the-operator",
    };

    private readonly string[] _none = [];
    private PpvTestHost _host = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await PpvTestHost.StartAsync(
            options => options.ConfigureServices = services => services.Configure<PpvAccessOptions>(Let));
        _http = _host.CreateHttpClient();
    }

    private static void Let(PpvAccessOptions access)
    {
        foreach (var (name, key) in Keys)
        {
            access.Clients.Add(name, new PpvAccessClient
            {
                Key = key,
                Role = name == "operator" ? PpvAccessRole.Operator : PpvAccessRole.Orders,
                Owner = name == "a-next" ? "A" : null, // Names don't differ by their case.
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_pays_for_a_subscriber_that_another_client_has_named_on_his_call(bool isRestarted)
    {
        await SayAsync("a", "EV", "1001");
        await SayAsync("a", "EN", "85165320");
        await SayAsync("b", "EN", "66666666");
        if (isRestarted) await _host.RestartWorkerAsync();

        var (code, outcome, _) = await SayAsync("a", "CONFIRM", "UP");

        (code, outcome).ShouldBe(("OK", "Completed"));
        _host.Wizard.Purchases.Select(purchase => (purchase.Event, purchase.Subscriber)).ShouldBe([("1001", "85165320")]);
    }

    [Fact]
    public async Task One_key_of_two_clients_is_two_orders_and_each_is_told_its_own()
    {
        await SayAsync("b", "CONFIRM", "UP", "purchase-7"); // Too early, and under the id that A will use.
        await SayAsync("a", "EV", "1001");
        await SayAsync("a", "EN", "85165320");

        var (code, outcome, id) = await SayAsync("a", "CONFIRM", "UP", "purchase-7");

        (code, outcome, id).ShouldBe(("OK", "Completed", "purchase-7"));
        (await StatusAsync("a", "purchase-7")).ShouldBe((HttpStatusCode.OK, "completed"));
        (await StatusAsync("b", "purchase-7")).ShouldBe((HttpStatusCode.OK, "notExecuted"));
        (await SayAsync("a", "CONFIRM", "UP", "purchase-7")).Code.ShouldBe("OK");
        _host.Wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_became_of_an_order_its_owner_is_told_and_the_operator_and_nobody_else()
    {
        var (_, _, id) = await SayAsync("a", "EV", "1001");
        (await StatusAsync("a", id)).ShouldBe((HttpStatusCode.OK, "completed"));
        (await StatusAsync("b", id)).ShouldBe((HttpStatusCode.NotFound, "neverSeen"));
        (await StatusAsync("b", $"{id}~a")).ShouldBe((HttpStatusCode.NotFound, "neverSeen"));
        (await StatusAsync("operator", $"{id}~a")).ShouldBe((HttpStatusCode.OK, "completed"));
        (await StatusAsync("operator", $"{id}~A")).ShouldBe((HttpStatusCode.OK, "completed"), "as the name is configured");
    }

    [Fact]
    public async Task A_call_and_its_ids_go_on_under_a_second_key_of_their_owner()
    {
        await SayAsync("a", "EV", "1001");
        await SayAsync("a", "EN", "85165320");
        (await SayAsync("a", "CONFIRM", "UP", "purchase-7")).Code.ShouldBe("OK");
        (await SayAsync("a-next", "CONFIRM", "UP", "purchase-7")).Code.ShouldBe("OK");
        _host.Wizard.Purchases.Count.ShouldBe(1);
        (await StatusAsync("a-next", "purchase-7")).ShouldBe((HttpStatusCode.OK, "completed"));
    }

    [Theory]
    [InlineData("0127032d64a94732~b")]
    [InlineData("~")]
    public async Task Nobody_says_in_an_order_whose_call_it_is(string connid)
    {
        var (code, outcome, _) = await SayAsync("a", "EV", "1001", call: connid);
        (code, outcome).ShouldBe(("ER996", "NotExecuted"));
        _host.Wizard.Requests.Select(request => request.Text).ShouldBe(_none);
    }

    private async Task<(string Code, string Outcome, string Id)> SayAsync(
        string client, string command, string value, string? id = null, string call = Call)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/ppv");
        request.Headers.Add("X-Api-Key", Keys[client]);
        if (id is not null) request.Headers.Add("Idempotency-Key", id);
        request.Content = new StringContent(
            $$"""{"content":{"connid":"{{call}}","{{command}}":"{{value}}"} }""", Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        return (body.Split('"')[3], answer.Header("X-Ppv-Outcome")!, answer.Header("X-Ppv-Order-Id")!);
    }

    private async Task<(HttpStatusCode Status, string State)> StatusAsync(string client, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/ppv/orders/{id}");
        request.Headers.Add("X-Api-Key", Keys[client]);
        using var answer = await _http.SendAsync(request);
        using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("orderId").GetString().ShouldBe(id);
        var state = json.RootElement.GetProperty("state").GetString()!;
        return (answer.StatusCode, char.ToLowerInvariant(state[0]) + state[1..]);
    }
}
