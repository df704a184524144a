using System.Text.Json;
using System.Text.RegularExpressions;
using Ppv.Broker.Tests.Support;
using Ppv.Hosting.Tests;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Board.Tests;

/// <summary>The page and the server that ship: orders are placed, brokers fail, programs are stopped and killed.</summary>
public sealed partial class RealBoardTests(Browser browser, ITestOutputHelper output) : IDisposable
{
    private const int Callers = 4;

    // A change shows with the next tick, half a second later at most; the rest is for busy machines, and less than the 5 s after which a
    // state is told again although nothing changed. What it took is printed.
    private static readonly TimeSpan ShownWithin = TimeSpan.FromSeconds(3);
    private static readonly ConnectionId Call = ConnectionId.Parse("012703395c597610");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-board-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_call_is_seen_on_its_line_step_by_step_with_its_number_masked()
    {
        await using var app = await BoardApp.StartAsync();
        await using var page = await OpenAsync(app);
        await page.UntilAsync("document.querySelectorAll('.line').length === 29");

        (await app.Client.SendAsync(PpvOrder.Event(Call, "262193"))).Code.ShouldBe("OK");
        await ShowsAsync(page, "document.querySelector('[data-line=\"16\"][data-state=leased] [data-part=event][data-done]')", "a lease");
        page.Click("[data-line='16']");
        await page.UntilTextAsync("#line-rows", "EV=262193");

        (await app.Client.SendAsync(PpvOrder.Subscriber(Call, "85165320"))).Code.ShouldBe("OK");
        await page.UntilTextAsync("#line-rows", "EN=85****20");
        (await app.Client.SendAsync(PpvOrder.Confirm(Call))).Code.ShouldBe("OK");
        await page.UntilTextAsync("#line-rows", "CONFIRM=UP");

        await page.UntilAsync("document.querySelector('[data-line=\"16\"][data-state=free] [data-part=confirm][data-done]')");
        page.Script<string>("return document.documentElement.textContent").ShouldNotContain("85165320");
        page.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Under_load_an_outage_of_the_broker_and_its_end_show_at_once()
    {
        await using var app = await BoardApp.StartAsync();
        await using var page = await OpenAsync(app);
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(_ => BuyOnAsync(app.Client, enough.Token)).ToList();
        await page.UntilAsync("document.querySelector('.hop:nth-child(3) .main dd').innerText !== '0/s'");
        await page.UntilTextAsync("#word", "OK");

        app.Broker.IsRunning = false;
        await ShowsAsync(page, "document.getElementById('word').innerText === 'DOWN'", "an outage");
        page.Texts("#brokers .level").ShouldAllBe(word => word == "DOWN");
        app.Broker.IsRunning = true;
        await app.UntilAsync(state => state.GetProperty("verdict").GetProperty("level").GetString() != "down");
        await ShowsAsync(page, "document.getElementById('word').innerText !== 'DOWN'", "the end of an outage");

        await enough.CancelAsync();
        await Task.WhenAll(callers).Within();
        page.Text("#link").ShouldBe("live");
        page.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Under_load_a_failover_and_the_way_back_show_at_once()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var primary = new TcpProxy(broker.Host, broker.Port);
        await using var backup = new TcpProxy(broker.Host, broker.Port);
        var (first, second) = ($"127.0.0.1:{primary.Port}", $"127.0.0.1:{backup.Port}");
        var queue = TestBroker.UniqueQueueName("board");
        await using var app = await BoardApp.StartAsync(rabbit: (options, rpc) =>
        {
            broker.Address.ApplyTo(options);
            (options.Hosts, options.FailbackDelay) = ([first, second], TimeSpan.FromSeconds(2));
            rpc.Queue = queue;
        });
        await using var page = await OpenAsync(app);
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(_ => BuyOnAsync(app.Client, enough.Token)).ToList();
        await page.UntilAsync("document.querySelector('.hop:nth-child(3) .main dd').innerText !== '0/s'");
        await page.UntilTextAsync("#word", "OK");

        primary.Cut();
        await app.UntilAsync(state => InUse(state).All(host => host == second));
        await ShowsAsync(
            page, $"document.getElementById('reasons').innerText.includes('{first} is not in use, {second} is')", "a failover");
        page.Text("#word").ShouldBe("DEGRADED");

        primary.Restore();
        await app.UntilAsync(state => InUse(state).All(host => host == first));
        await ShowsAsync(page, $"!document.getElementById('reasons').innerText.includes('{first} is not in use')", "the way back");

        await enough.CancelAsync();
        await Task.WhenAll(callers).Within();
        page.Text("#link").ShouldBe("live");
        page.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_stops_says_goodbye()
    {
        await using var app = await BoardApp.StartAsync();
        await using var page = await OpenAsync(app);

        var stopping = app.StopAsync();

        await page.UntilTextAsync("#word", "STOPPED");
        await stopping.Within();
    }

    [Fact]
    public async Task A_worker_that_is_killed_is_seen_to_be_dead()
    {
        await using var worker = SampleProgram.Start("Worker", "ppv-worker",
            "--urls=http://127.0.0.1:0", "--Ppv:Broker:Hosts:0=127.0.0.1:1", "--Ppv:Wizard:Host=127.0.0.1", "--Ppv:Wizard:Port=1",
            $"--Ppv:Server:Journal:Path={Path.Combine(_folder.FullName, "journal.db")}",
            $"--Ppv:LogFile:Path={Path.Combine(_folder.FullName, "worker.log")}");
        await worker.PrintedAsync("Now listening on: ");
        await using var page = await browser.OpenAsync(new Uri($"{Listening().Match(worker.Output).Groups[1].Value}/board"));
        await page.UntilTextAsync("#word", "DOWN"); // There is no broker at that port.
        page.Text("#link").ShouldBe("live");
        page.Problems.ShouldBeEmpty();

        worker.Kill();

        await page.UntilTextAsync("#word", "NO NEWS");
        page.Texts("#reasons li").ShouldContain("It last said DOWN.");
    }

    /// <summary>The hosts in use by gateway and worker.</summary>
    private static IReadOnlyList<string> InUse(JsonElement state) =>
    [
        .. state.GetProperty("brokers").EnumerateArray().Select(connection => connection.GetProperty("hosts").EnumerateArray()
            .Where(host => host.GetProperty("isInUse").GetBoolean()).Select(host => host.GetProperty("host").GetString()!)
            .DefaultIfEmpty("none").First()),
    ];

    private static async Task BuyOnAsync(IPpvClient client, CancellationToken enough)
    {
        try
        {
            // However each ends: the broker goes away meanwhile.
            while (true)
            {
                await client.PurchaseAsync(
                    ConnectionId.CreateRandom(), "262193", "85165320", key: Guid.NewGuid().ToString("N"), cancellationToken: enough);
            }
        }
        catch (OperationCanceledException)
        {
            // It was enough.
        }
    }

    /// <summary>Waits for what is to be seen, not longer than it may take.</summary>
    private async Task ShowsAsync(Tab page, string condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        await page.UntilAsync(condition);
        var took = TimeProvider.System.GetElapsedTime(since);
        output.WriteLine($"After {took.TotalMilliseconds:0} ms the page showed {what}.");
        took.ShouldBeLessThan(ShownWithin);
    }

    private async Task<Tab> OpenAsync(BoardApp app)
    {
        var page = await browser.OpenAsync(new Uri(app.Address, "/board"));
        await page.UntilTextAsync("#link", "live");
        return page;
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
