using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Ppv.Deployment.Tests.Support;

/// <summary>Gateways and workers of samples/, started as an operator starts them, and calls placed with them.</summary>
internal static partial class Programs
{
    public const string Connid = "012703395c597610";

    public const string Ok = """{"callresult":"OK"}""";

    public static async Task<SampleProgram> WorkerAsync(
        BrokerAddress broker, string queue, int wizardPort, string journal, params string[] more)
    {
        var worker = SampleProgram.Start("Worker", "ppv-worker",
        [
            .. Broker(broker, queue), "--Ppv:Wizard:Host=127.0.0.1", $"--Ppv:Wizard:Port={wizardPort}",
            $"--Ppv:Server:Journal:Path={journal}", .. more,
        ]);
        await worker.PrintedAsync("ready.");
        return worker;
    }

    public static async Task<(SampleProgram Program, int Port)> GatewayAsync(BrokerAddress broker, string queue, params string[] more)
    {
        var gateway = SampleProgram.Start("Gateway", "ppv-gateway", [.. Broker(broker, queue), .. more]);
        await gateway.PrintedAsync("Now listening on: ");
        await gateway.PrintedAsync("ready.");
        return (gateway, int.Parse(Listening().Match(gateway.Output).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Places an order as the voice platform does: the body is the request's, whatever the method.</summary>
    public static Task<HttpResponseMessage> OrderAsync(
        this HttpClient http, HttpMethod method, string connid, string command, string value, params (string Name, string Value)[] headers)
    {
        var body = $$"""{"content": "{'connid':'{{connid}}','{{command}}':'{{value}}'}"}""";
        var request = new HttpRequestMessage(method, "/api/v1/ppv")
        {
            Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
        };
        foreach (var (name, text) in headers) request.Headers.Add(name, text);
        return http.SendAsync(request);
    }

    /// <summary>The two orders without which no confirm buys.</summary>
    public static async Task NameEventAndSubscriberAsync(this HttpClient http)
    {
        foreach (var (command, value) in ((string, string)[])[("EV", "262193"), ("EN", "85165320")])
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Connid, command, value);
            (await answer.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.OK, Ok));
        }
    }

    public static async Task<(HttpStatusCode Status, string Body)> StatusAndBodyAsync(this HttpResponseMessage answer) =>
        (answer.StatusCode, await answer.Content.ReadAsStringAsync());

    /// <summary>The ids that nginx makes: they begin with the time.</summary>
    public const string NginxId = @"^\d{10}\.\d{3}-[0-9a-f]{32}$";

    public static string OrderId(this HttpResponseMessage answer) => answer.Headers.GetValues("X-Ppv-Order-Id").Single();

    public static HttpClient Client(int port) =>
        new() { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")), Timeout = Bounds.Limit };

    /// <summary>What both programs are told of the broker; HTTP is at a free port.</summary>
    public static string[] Broker(BrokerAddress broker, string queue) =>
    [
        "--urls=http://127.0.0.1:0", $"--Ppv:Broker:Hosts:0={broker.HostAndPort}", $"--Ppv:Broker:VirtualHost={broker.VirtualHost}",
        $"--Ppv:Broker:UserName={broker.UserName}", $"--Ppv:Broker:Password={broker.Password}", $"--Ppv:Rpc:Queue={queue}",
    ];

    [GeneratedRegex(@"Now listening on: http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
