using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Ppv.Deployment.Tests.Support;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Deployment.Tests;

/// <summary>
/// samples/deploy/nginx/ppv.conf in a real nginx, in front of two gateways. The worker is an old one, which buys whatever it is sent: what
/// is safe with it is safe with any.
/// </summary>
public sealed class NginxTests : IAsyncLifetime
{
    /// <summary>What the configuration would be without its care: nginx as it comes.</summary>
    private static readonly Func<string, string> Careless = text => text
        .Replace("        proxy_method POST;\n", "", StringComparison.Ordinal);

    private readonly string _queue = TestBroker.UniqueQueueName("nginx");
    private readonly WizardSimulator _wizard = new();
    private readonly TaskCompletionSource _confirmArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayAnswer = new(initialState: true);
    private readonly SharedBroker _broker;
    private readonly List<SampleProgram> _gateways = [];
    private readonly List<int> _ports = [];
    private OldWorker? _worker;

    public NginxTests(SharedBroker broker) => _broker = broker;

    public async ValueTask InitializeAsync()
    {
        _wizard.Script = request =>
        {
            if (!IsConfirm(request)) return null;
            _confirmArrived.TrySetResult();
            _mayAnswer.Wait(Bounds.Limit);
            return null;
        };
        await _wizard.StartAsync();
        _worker = await OldWorker.StartAsync(_broker.Address, _queue, AskWizard);
        string[] options = ["--Ppv:Rpc:QueueKind=LegacyTransient"];
        foreach (var (program, port) in await Task.WhenAll(
            Programs.GatewayAsync(_broker.Address, _queue, options), Programs.GatewayAsync(_broker.Address, _queue, options)))
        {
            _gateways.Add(program);
            _ports.Add(port);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _mayAnswer.Set();
        foreach (var gateway in _gateways) await gateway.DisposeAsync();
        if (_worker is not null) await _worker.DisposeAsync();
        await _wizard.DisposeAsync();
        _mayAnswer.Dispose();
    }

    [Fact]
    public async Task Orders_pass_with_their_bodies_whatever_the_method_and_nothing_else_does()
    {
        await using var nginx = await NginxAsync();
        using var http = Programs.Client(nginx.Port);

        foreach (var (method, command, value) in ((HttpMethod, string, string)[])
            [(HttpMethod.Get, "EV", "262193"), (HttpMethod.Post, "EN", "85165320"), (HttpMethod.Get, "CONFIRM", "UP")])
        {
            using var answer = await http.OrderAsync(method, Programs.Connid, command, value);
            (await answer.Content.ReadAsStringAsync()).ShouldBe(Programs.Ok);
            OrderId(answer).Length.ShouldBe(32, "nginx has given it one");
        }

        _wizard.Purchases.ShouldHaveSingleItem().Subscriber.ShouldBe("85165320");

        foreach (var header in (string[])["X-Ppv-Order-Id", "Idempotency-Key"])
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "EV", "262193", (header, $"from-{header}"));
            (await answer.Content.ReadAsStringAsync()).ShouldBe(Programs.Ok);
            OrderId(answer).ShouldBe($"from-{header}");
        }

        using var ready = await http.GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in (string[])["/", "/health/live", "/api/v1/ppv/", "/metrics"])
        {
            using var answer = await http.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        using var put = await http.OrderAsync(HttpMethod.Put, Programs.Connid, "EV", "262193");
        put.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_gateway_that_dies_with_an_order_is_the_only_one_that_got_it()
    {
        var (answer, requests) = await KillOneWithAConfirmAsync();

        (await StatusAndBodyAsync(answer)).ShouldBe((HttpStatusCode.BadGateway, """{"callresult":"ER995"}"""));
        answer.Headers.GetValues("X-Ppv-Outcome").ShouldBe(["Unknown"]);
        OrderId(answer).ShouldBe("confirm-1");
        requests.ShouldBe(1);
    }

    [Fact]
    public async Task Without_its_care_nginx_would_have_bought_twice()
    {
        var (answer, requests) = await KillOneWithAConfirmAsync(Careless);

        (await StatusAndBodyAsync(answer)).ShouldBe((HttpStatusCode.OK, Programs.Ok));
        requests.ShouldBe(2);
    }

    [Fact]
    public async Task An_order_for_which_wizard_takes_longer_than_nginx_waits_is_sent_once()
    {
        await using var nginx = await NginxAsync(
            text => text.Replace("proxy_read_timeout 40s", "proxy_read_timeout 1s", StringComparison.Ordinal));
        using var http = Programs.Client(nginx.Port);
        await PrepareAsync(http);
        _mayAnswer.Reset();

        using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP");

        (await StatusAndBodyAsync(answer)).ShouldBe((HttpStatusCode.GatewayTimeout, """{"callresult":"ER995"}"""));
        OrderId(answer).Length.ShouldBe(32);
        _mayAnswer.Set();
        (await ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(1);
    }

    [Fact]
    public async Task A_gateway_that_is_down_costs_no_caller_anything()
    {
        await using var nginx = await NginxAsync();
        using var http = Programs.Client(nginx.Port);
        await _gateways[0].TerminateAsync();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, "EV", "262193");
            (await StatusAndBodyAsync(answer)).ShouldBe((HttpStatusCode.OK, Programs.Ok));
        }
    }

    /// <summary>Kills (SIGKILL) the gateway that has a confirm, when Wizard has the confirm already.</summary>
    private async Task<(HttpResponseMessage Answer, int Confirms)> KillOneWithAConfirmAsync(Func<string, string>? change = null)
    {
        await using var nginx = await NginxAsync(change);
        using var http = Programs.Client(nginx.Port);
        await PrepareAsync(http);
        _mayAnswer.Reset();
        var confirming = http.OrderAsync(HttpMethod.Get, Programs.Connid, "CONFIRM", "UP", ("X-Ppv-Order-Id", "confirm-1"));
        await _confirmArrived.Task.Within();

        var dying = GatewayInUse();
        _gateways[dying].Kill();
        await _gateways[dying].ExitCodeAsync();
        _mayAnswer.Set();

        var answer = await confirming;
        return (answer, await ConfirmsAfterTheNextOrderAsync(http));
    }

    private static async Task PrepareAsync(HttpClient http)
    {
        foreach (var (command, value) in ((string, string)[])[("EV", "262193"), ("EN", "85165320")])
        {
            using var answer = await http.OrderAsync(HttpMethod.Get, Programs.Connid, command, value);
            (await answer.Content.ReadAsStringAsync()).ShouldBe(Programs.Ok);
        }
    }

    /// <summary>The old worker takes one order after the other, so that whatever came before this one was executed.</summary>
    private async Task<int> ConfirmsAfterTheNextOrderAsync(HttpClient http)
    {
        using var next = await http.OrderAsync(HttpMethod.Post, "0128031c21578752", "EV", "123456");
        (await next.Content.ReadAsStringAsync()).ShouldBe(Programs.Ok);
        return _wizard.Requests.Count(IsConfirm);
    }

    /// <summary>The gateway to which nginx has a connection now: it keeps none after an answer.</summary>
    private int GatewayInUse()
    {
        var inUse = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Where(connection => connection.State == TcpState.Established)
            .Select(connection => _ports.IndexOf(connection.LocalEndPoint.Port)).Where(index => index >= 0).ToList();
        return inUse.ShouldHaveSingleItem();
    }

    private Task<Nginx> NginxAsync(Func<string, string>? change = null) => Nginx.StartAsync((_ports[0], _ports[1]), change);

    /// <summary>As the old worker does: a connection for each command.</summary>
    private string AskWizard(Dictionary<string, string> order)
    {
        var line = LineFormula.LineOf(ConnectionId.Parse(order["connid"]), new LineRange(1, 29));
        var command = order.TryGetValue("EV", out var number) ? $"EV{number}".PadRight(22)
            : order.TryGetValue("EN", out var subscriber) ? $"EN{subscriber}".PadRight(22) : "UP";
        using var client = new TcpClient("127.0.0.1", _wizard.Port) { ReceiveTimeout = (int)Bounds.Limit.TotalMilliseconds };
        var stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes($"A{line}{command}\r"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = new StringBuilder();
        for (var c = reader.Read(); c is >= 0 and not '\r'; c = reader.Read()) answer.Append((char)c);
        return $"{answer.ToString()[4..]}\r";
    }

    private static bool IsConfirm(WizardSimulatorRequest request) =>
        Encoding.ASCII.GetString(request.Raw.Span).EndsWith("UP\r", StringComparison.Ordinal);

    private static string OrderId(HttpResponseMessage answer) => answer.Headers.GetValues("X-Ppv-Order-Id").Single();

    private static async Task<(HttpStatusCode Status, string Body)> StatusAndBodyAsync(HttpResponseMessage answer) =>
        (answer.StatusCode, await answer.Content.ReadAsStringAsync());
}
