using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>Two workers, each with a journal file of its own, of which one works; before them a gateway and a broker in memory.</summary>
internal sealed class TwoWorkers : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _worker = 1;

    private TwoWorkers()
    {
    }

    public SteppedClock Clock { get; } = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));

    public LogCollector Log { get; } = new();

    public PpvTestHost Host { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public int Asked => Host.Wizard.Requests.Count;

    public int Bought => Host.Wizard.Purchases.Count;

    public IOrderJournal Journal => Host.WorkerServices.GetRequiredService<IOrderJournal>();

    public string PathOf(int worker) => _folder.File($"{worker}.db");

    public static async Task<TwoWorkers> StartAsync(Action<PpvTestHostOptions>? configure = null)
    {
        var workers = new TwoWorkers();
        workers.Host = await PpvTestHost.StartAsync(options =>
        {
            options.TimeProvider = workers.Clock;
            options.ConfigureWorkerServices = services => services.AddLogging(logging => logging.AddProvider(workers.Log));
            configure?.Invoke(options);
            var more = options.ConfigureWorker;
            options.ConfigureWorker = worker =>
            {
                worker.Server.Journal.Path = workers.PathOf(workers._worker);
                more?.Invoke(worker);
            };
        });
        workers.Http = workers.Host.CreateHttpClient();
        await workers.ServesAsync();
        return workers;
    }

    /// <summary>The worker leaves in good order, and another one, or the same again, takes its place.</summary>
    public async Task HandOverToAsync(int worker)
    {
        await Host.StopWorkerAsync().WaitAsync(Hang.Limit);
        _worker = worker;
        await Host.StartWorkerAsync().WaitAsync(Hang.Limit);
        await ServesAsync();
    }

    /// <summary>The worker dies: the next one finds the record of one that was at work.</summary>
    public async Task DieAndFollowAsync(int worker)
    {
        await using var services = new ServiceCollection().UseInMemoryBroker(Host.Broker).BuildServiceProvider();
        await using var connection = await services.GetRequiredService<IBrokerDialer>().DialAsync(
            new BrokerOptions { Hosts = ["memory"] }.ParseHosts()[0], "test", default);
        var record = (await connection.TakeLeaderRecordAsync(new RpcOptions().Queue, QueueKind.DurableClassic, default)).ShouldNotBeNull();
        await Host.StopWorkerAsync().WaitAsync(Hang.Limit);
        await connection.LeaveLeaderRecordAsync(new RpcOptions().Queue, record, default);
        _worker = worker;
        await Host.StartWorkerAsync().WaitAsync(Hang.Limit);
        await ServesAsync();
    }

    /// <summary>A whole call over HTTP, each order under a key of its own that begins with a prefix.</summary>
    public async Task<string[]> CallAsync(string prefix, string call = "0127032d64a94732", string subscriber = "85165320") =>
    [
        await AskAsync($"{prefix}.EV", $$$"""{"content":{"connid":"{{{call}}}","EV":"262193"}}"""),
        await AskAsync($"{prefix}.EN", $$$"""{"content":{"connid":"{{{call}}}","EN":"{{{subscriber}}}"}}"""),
        await AskAsync($"{prefix}.UP", $$$"""{"content":{"connid":"{{{call}}}","CONFIRM":"UP"}}"""),
    ];

    /// <returns>What is known, and the answer: <c>Completed OK</c>.</returns>
    public async Task<string> AskAsync(string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/ppv");
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        request.Headers.Add("Idempotency-Key", key);
        using var response = await Http.SendAsync(request).WaitAsync(Hang.Limit);
        var answer = await response.Content.ReadAsStringAsync();
        return $"{response.Headers.GetValues("X-Ppv-Outcome").Single()} {answer.Split('"')[3]}";
    }

    /// <summary>Waits until the worker has taken over: a clock that goes on before that is part of the takeover.</summary>
    private async Task ServesAsync() =>
        (await Host.Client.GetStatusAsync("none").WaitAsync(Hang.Limit)).State.ShouldNotBe(PpvOrderState.Completed);

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
