using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>An order id that the caller, or a proxy before us, gives to its request.</summary>
public class OrderIdTests
{
    private const string Event = """{"content":{"connid":"0127032d64a94732","EV":"1569885"}}""";
    private const string OtherEvent = """{"content":{"connid":"0127032d64a94732","EV":"1569886"}}""";
    private const string Confirm = """{"content":{"connid":"0127032d64a94732","CONFIRM":"UP"}}""";
    private const string Longest = "0123456789012345678901234567890123456789012345678901234567890123";

    public static TheoryData<string, string, string> Valid => new()
    {
        { "X-Ppv-Order-Id", "mine-1", "mine-1" },
        { "X-Ppv-Order-Id", "!", "!" },
        { "X-Ppv-Order-Id", Longest, Longest },
        { "x-ppv-order-id", "a/b?c=d&e%2F~", "a/b?c=d&e%2F~" },
        { "Idempotency-Key", "8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324" },
        { "Idempotency-Key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324" },
        { "Idempotency-Key", $"\"{Longest}\"", Longest },
    };

    public static TheoryData<string, string> Invalid => new()
    {
        { "X-Ppv-Order-Id", "" },
        { "X-Ppv-Order-Id", "two words" },
        { "X-Ppv-Order-Id", "one, one" },
        { "X-Ppv-Order-Id", "caf\u00e9" },
        { "X-Ppv-Order-Id", Longest + "4" },
        { "Idempotency-Key", "" },
        { "Idempotency-Key", "\"\"" },
        { "Idempotency-Key", "\"two words\"" },
        { "Idempotency-Key", $"\"{Longest}4\"" },
    };

    [Theory]
    [MemberData(nameof(Valid))]
    public async Task A_valid_one_is_the_orders_id_and_stands_in_the_answer(string header, string value, string id)
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var response = await SendAsync(gateway, method, Confirm, (header, value));
            await response.ShouldSayAsync("OK", "Completed");
            response.Header("X-Ppv-Order-Id").ShouldBe(id);
        }

        gateway.Client.Orders.Select(order => order.Id).ShouldBe([id, id]);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task An_invalid_one_is_refused_and_nothing_is_sent(string header, string value)
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var response = await SendAsync(gateway, method, Confirm, (header, value));
            await response.ShouldSayAsync("ER996", "NotExecuted"); // No order ever had such an id.
            response.Header("X-Ppv-Reason").ShouldBe($"{header} must be 1 to 64 printable ASCII characters without spaces.");
            response.Header("X-Ppv-Order-Id").ShouldNotBe(value);
        }

        gateway.Client.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_that_say_the_same_are_one()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await SendAsync(gateway, HttpMethod.Get, Confirm,
            ("X-Ppv-Order-Id", "mine"), ("X-Ppv-Order-Id", "mine"), ("Idempotency-Key", "\"mine\""), ("Idempotency-Key", "mine"));
        await response.ShouldSayAsync("OK", "Completed");
        gateway.Client.Orders.Single().Id.ShouldBe("mine");
    }

    [Theory]
    [InlineData("X-Ppv-Order-Id", "X-Ppv-Order-Id")]
    [InlineData("X-Ppv-Order-Id", "Idempotency-Key")]
    [InlineData("Idempotency-Key", "Idempotency-Key")]
    public async Task Two_that_differ_are_refused_and_nothing_is_sent(string first, string second)
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await SendAsync(gateway, HttpMethod.Get, Confirm, (first, "mine"), (second, "Mine"));
        await response.ShouldSayAsync("ER996", "Unknown"); // Under either of them an order may have been executed before.
        response.Header("X-Ppv-Order-Id").ShouldBe("mine");
        response.Header("X-Ppv-Reason").ShouldBe(
            "The request names its order twice, and differently; X-Ppv-Order-Id and Idempotency-Key must say the same. An earlier request "
                + "under this id may have been executed; ask for its status.");
        gateway.Client.Orders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../b")]
    public async Task An_id_that_no_address_could_ask_for_is_not_taken(string id)
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await SendAsync(gateway, HttpMethod.Get, Confirm, ("X-Ppv-Order-Id", id));
        await response.ShouldSayAsync("ER996", "NotExecuted");
        gateway.Client.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_they_are_not_accepted_they_are_ignored_whatever_they_say()
    {
        await using var gateway = await GatewayApp.StartAsync(options => options.Gateway.AcceptOrderIds = false);
        foreach (var value in (string[])["mine", "two words"])
        {
            using var response = await SendAsync(gateway, HttpMethod.Get, Confirm, ("X-Ppv-Order-Id", value), ("Idempotency-Key", "other"));
            await response.ShouldSayAsync("OK", "Completed");
            response.Header("X-Ppv-Order-Id").ShouldBe(gateway.Client.Orders[^1].Id);
        }

        gateway.Client.Orders.Select(order => order.Id).Distinct().Count().ShouldBe(2);
        gateway.Client.Orders.ShouldAllBe(order => order.Id != "mine" && order.Id != "other");
    }

    [Fact]
    public async Task A_request_that_is_no_order_is_refused_under_its_own_id()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var response = await SendAsync(gateway, HttpMethod.Post, "{}", ("X-Ppv-Order-Id", "mine"));
        await response.ShouldSayAsync("ER996", "Unknown"); // An order under it may have been executed before.
        response.Header("X-Ppv-Order-Id").ShouldBe("mine");
    }

    [Theory]
    [InlineData("mine-1")]
    [InlineData("a/b?c=d&e+~")]
    [InlineData("a%2Fb")]
    [InlineData("%")]
    [InlineData("/")]
    [InlineData("a//orders/b.")]
    public async Task Sent_again_it_gets_the_first_answer_another_order_under_it_is_refused_and_its_status_is_known(string id)
    {
        var wizard = new FakeWizard();
        await using var gateway = await GatewayApp.StartAsync(
            services: services =>
            {
                services.AddPpvServer(options => options.Server.Journal.Path = null);
                services.AddSingleton<IWizardClient>(wizard);
            },
            ownClient: true);
        wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, $"ER0{wizard.Requests.Count}"));

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var response = await SendAsync(gateway, method, Event, ("X-Ppv-Order-Id", id));
            await response.ShouldSayAsync("ER01", "Completed");
        }

        foreach (var other in (string[])[OtherEvent, Confirm])
        {
            using var response = await SendAsync(gateway, HttpMethod.Post, other, ("X-Ppv-Order-Id", id));
            await response.ShouldSayAsync("ER998", "NotExecuted");
            response.Header("X-Ppv-Reason").ShouldBe("Another order had this id before; every order needs an id of its own.");
        }

        wizard.Requests.Count.ShouldBe(1);
        using var status = await gateway.Http.GetAsync(new Uri($"{GatewayApp.Path}/orders/{Uri.EscapeDataString(id)}", UriKind.Relative));
        status.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await status.Content.ReadAsStringAsync()).ShouldContain("\"state\":\"Completed\",\"code\":\"ER01\"");
    }

    private static async Task<HttpResponseMessage> SendAsync(
        GatewayApp gateway, HttpMethod method, string body, params (string Name, string Value)[] headers)
    {
        // As they are, one line each: HttpClient would join two of one name.
        using var socket = new System.Net.Sockets.TcpClient(gateway.Address.Host, gateway.Address.Port);
        await using var stream = socket.GetStream();
        var lines = string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"));
        var request = $"{method} {GatewayApp.Path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nContent-Length: "
            + $"{body.Length}\r\n{lines}\r\n{body}";
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream);
        var received = await reader.ReadToEndAsync().WaitAsync(Hang.Limit);
        var (head, content) =
            (received[..received.IndexOf(
                "\r\n\r\n", StringComparison.Ordinal)], received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal)
            + 4)..]);
        var response = new HttpResponseMessage((HttpStatusCode)int.Parse(
            head.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)) { Content = new StringContent(content) };
        response.Content.Headers.Clear();
        foreach (var line in head.Split("\r\n")[1..])
        {
            var (name, value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal)
                + 1)..].Trim());
            if (!response.Headers.TryAddWithoutValidation(name, value)) response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
