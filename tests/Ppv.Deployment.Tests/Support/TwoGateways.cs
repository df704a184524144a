using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Deployment.Tests.Support;

/// <summary>
/// Two gateways for nginx, and behind them an old worker, which buys whatever it is sent: what is safe with it is safe with any.
/// </summary>
internal sealed class TwoGateways : IAsyncDisposable
{
    private readonly string _queue = TestBroker.UniqueQueueName("nginx");
    private readonly WizardSimulator _wizard = new();
    private readonly TaskCompletionSource _confirmArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayAnswer = new(initialState: true);
    private readonly DirectoryInfo _sockets = Directory.CreateTempSubdirectory("ppv-");
    private readonly List<SampleProgram> _gateways = [];
    private readonly List<int> _ports = [];
    private readonly SharedBroker _broker;
    private OldWorker? _worker;

    private TwoGateways(SharedBroker broker) => _broker = broker;

    public IReadOnlyList<WizardPurchase> Purchases => _wizard.Purchases;

    /// <summary>The two of them.</summary>
    public IReadOnlyList<SampleProgram> Gateways => _gateways;

    /// <param name="broker">The broker.</param>
    /// <param name="first">What the first gateway is told besides.</param>
    public static async Task<TwoGateways> StartAsync(SharedBroker broker, params string[] first)
    {
        var site = new TwoGateways(broker);
        try
        {
            site._wizard.Script = site.HoldConfirm;
            await site._wizard.StartAsync();
            site._worker = await OldWorker.StartAsync(broker.Address, site._queue, site.AskWizard);
            foreach (var (program, port) in await Task.WhenAll(
                site.GatewayAsync(0, 0, first), site.GatewayAsync(1, 0, [])))
            {
                site._gateways.Add(program);
                site._ports.Add(port);
            }

            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>nginx in front of them.</summary>
    public Task<Nginx> NginxAsync(Func<string, string>? change = null) => Nginx.StartAsync((_ports[0], _ports[1]), change);

    /// <summary>nginx in front of them, which gives each order to one gateway as long as that can be connected to.</summary>
    /// <param name="first">The gateway that it gives them to.</param>
    /// <param name="strangersPort">The port of who stands in that gateway's place.</param>
    public Task<Nginx> NginxThatAsksFirstAsync(int first, int? strangersPort = null)
    {
        var ports = _ports.ToArray();
        ports[first] = strangersPort ?? ports[first];
        return Nginx.StartAsync((ports[0], ports[1]), text =>
        {
            var second = $"server 127.0.0.1:{ports[1 - first]} max_fails=1 fail_timeout=5s";
            text.ShouldContain(second);
            return text.Replace(second, $"{second} backup", StringComparison.Ordinal);
        });
    }

    /// <summary>From now on Wizard keeps a confirm's answer back.</summary>
    public void HoldConfirms() => _mayAnswer.Reset();

    public void LetConfirmsGo() => _mayAnswer.Set();

    public Task ConfirmArrivedAsync() => _confirmArrived.Task.Within();

    public Task CloseAsync(int gateway) => ControlAsync(gateway, "close");

    public Task OpenAsync(int gateway) => ControlAsync(gateway, "open");

    public async Task KillAsync(int gateway)
    {
        _gateways[gateway].Kill();
        await _gateways[gateway].ExitCodeAsync();
    }

    /// <summary>Stops one in good order and starts it again at its port, as a service manager does; returns when it is ready.</summary>
    public async Task RestartAsync(int gateway)
    {
        (await _gateways[gateway].TerminateAsync()).ShouldBe(0);
        await _gateways[gateway].DisposeAsync();
        (_gateways[gateway], _) = await GatewayAsync(gateway, _ports[gateway], []);
        using var http = Programs.Client(_ports[gateway]);
        using var ready = await http.GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The old worker takes one order after the other, so that whatever came before this one was executed.</summary>
    public async Task<int> ConfirmsAfterTheNextOrderAsync(HttpClient http)
    {
        using var next = await http.OrderAsync(HttpMethod.Post, "0128031c21578752", "EV", "123456");
        (await next.StatusAndBodyAsync()).ShouldBe((HttpStatusCode.OK, Programs.Ok));
        return _wizard.Requests.Count(IsConfirm);
    }

    /// <summary>The gateway to which nginx has a connection now: it keeps none after an answer.</summary>
    public int GatewayInUse()
    {
        var inUse = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Where(connection => connection.State == TcpState.Established)
            .Select(connection => _ports.IndexOf(connection.LocalEndPoint.Port)).Where(index => index >= 0).ToList();
        return inUse.ShouldHaveSingleItem();
    }

    public async ValueTask DisposeAsync()
    {
        _mayAnswer.Set();
        foreach (var gateway in _gateways) await gateway.DisposeAsync();
        if (_worker is not null) await _worker.DisposeAsync();
        await _wizard.DisposeAsync();
        _mayAnswer.Dispose();
        _sockets.Delete(recursive: true);
    }

    private Task<(SampleProgram Program, int Port)> GatewayAsync(int index, int port, string[] more) =>
        Programs.GatewayAsync(_broker.Address, _queue,
            ["--Ppv:Rpc:QueueKind=LegacyTransient", $"--urls=http://127.0.0.1:{port};http://unix:{Socket(index)}", .. more]);

    private string Socket(int gateway) => Path.Combine(_sockets.FullName, $"{gateway}.sock");

    private async Task ControlAsync(int gateway, string what)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket(gateway)), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler) { Timeout = Bounds.Limit };
        using var answer = await http.PostAsync(new Uri($"http://localhost/control/intake/{what}"), content: null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private WizardBehavior? HoldConfirm(WizardSimulatorRequest request)
    {
        if (!IsConfirm(request)) return null;
        _confirmArrived.TrySetResult();
        _mayAnswer.Wait(Bounds.Limit);
        return null;
    }

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
}
