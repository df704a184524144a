using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Benchmarks.Report;
using Ppv.Hosting;
using Ppv.Hosting.Figures;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Benchmarks.Boards;

/// <summary>
/// What the line board costs: orders per second with 5,000 board events a second beside them and without, and the processor's time for 50
/// open boards, their readers included. In turns in one process, because machines are noisy.
/// </summary>
internal static class BoardCost
{
    private const int EventsPerSecond = 5_000;
    private const int Boards = 50;
    private const int CallsAtOnce = 16;
    private const double LeastRatio = 0.95;
    private const double MostPercentForEachBoard = 2;
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        var rounds = others.Length > 0 ? int.Parse(others[0], CultureInfo.InvariantCulture) : 9;
        var length = TimeSpan.FromSeconds(others.Length > 1 ? int.Parse(others[1], CultureInfo.InvariantCulture) : 3);
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        await using var app = await StartAsync(wizard.Port);
        await OrdersPerSecondAsync(app, length); // The runtime compiles what it meets first.

        List<double> ratios = [];
        for (var round = 0; round < rounds; round++)
        {
            var (without, with) = round % 2 == 0
                ? (await OrdersPerSecondAsync(app, length), await BesideEventsAsync(app, length))
                : Swap(await BesideEventsAsync(app, length), await OrdersPerSecondAsync(app, length));
            ratios.Add(with / without);
            Say($"orders/s: {without:0} without, {with:0} with {EventsPerSecond} board events/s: {with / without:0.000}");
        }

        List<double> costs = [];
        for (var round = 0; round < rounds; round++)
        {
            var idle = await ProcessorAsync(() => EventsAsync(app, length, perSecond: 100));
            var watched = await WatchedAsync(app, length);
            costs.Add((watched - idle) / Boards);
            Say($"processor: {idle:0.0} % of a core unwatched, {watched:0.0} % with {Boards} boards: {costs[^1]:0.000} % each");
        }

        return FigureReport.Finish(
            "board",
            [
                new Figure($"orders/s with {EventsPerSecond:#,##0} board events/s / without", Math.Round(Medians.Of(ratios), 3), "x",
                    AtLeast: LeastRatio, Detail: Range(ratios)),
                new Figure($"an open board's share of a core, of {Boards}", Math.Round(Medians.Of(costs), 3), "%",
                    AtMost: MostPercentForEachBoard, Detail: Range(costs)),
            ],
            json);
    }

    private static async Task<WebApplication> StartAsync(int wizardPort)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.UseInMemoryBroker();
        builder.AddPpvGateway();
        builder.AddPpvServer(options =>
        {
            (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizardPort);
            options.Server.Journal.Path = null;
        });
        var app = builder.Build();
        app.MapPpvGateway();
        app.MapPpvDashboard();
        await app.StartAsync();
        return app;
    }

    private static async Task<double> OrdersPerSecondAsync(WebApplication app, TimeSpan length)
    {
        var client = app.Services.GetRequiredService<IPpvClient>();
        var (started, orders) = (TimeProvider.System.GetTimestamp(), 0);
        await Task.WhenAll(Enumerable.Range(1, CallsAtOnce).Select(async call =>
        {
            while (TimeProvider.System.GetElapsedTime(started) < length)
            {
                await client.SendAsync(PpvOrder.Event(ConnectionId.Parse($"{call:x}"), "262193"));
                Interlocked.Increment(ref orders);
            }
        }));
        return orders / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> BesideEventsAsync(WebApplication app, TimeSpan length)
    {
        var events = Task.Run(() => EventsAsync(app, length, EventsPerSecond));
        var result = await OrdersPerSecondAsync(app, length);
        await events;
        return result;
    }

    /// <summary>What is noted of so many orders, at every hop, for so long.</summary>
    private static async Task EventsAsync(WebApplication app, TimeSpan length, int perSecond)
    {
        var figures = app.Services.GetRequiredService<OrderFigures>();
        var order = PpvOrder.Event(ConnectionId.Parse("1"), "262193");
        var (started, noted) = (TimeProvider.System.GetTimestamp(), 0);
        while (TimeProvider.System.GetElapsedTime(started) is var elapsed && elapsed < length)
        {
            for (; noted < elapsed.TotalSeconds * perSecond; noted++)
            {
                var time = TimeSpan.FromMicroseconds(500 + (noted % 100_000));
                figures.AnsweredByGateway("OK", RpcOutcome.Completed, time);
                figures.Taken(time);
                figures.AnsweredByWorker("OK", RpcOutcome.Completed, time);
                figures.Exchanged(
                    new LineNumber((noted % 29) + 1),
                    new WizardExchange(DateTimeOffset.UnixEpoch, order, RpcOutcome.Completed, "OK", time));
            }

            await Task.Delay(Batch, TimeProvider.System);
        }
    }

    private static async Task<double> WatchedAsync(WebApplication app, TimeSpan length)
    {
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var over = new CancellationTokenSource();
        List<Task> readers = [];
        var states = new int[Boards];
        for (var board = 0; board < Boards; board++)
        {
            var (number, stream) = (board, await http.GetStreamAsync("/board/events", over.Token));
            readers.Add(Task.Run(async () =>
            {
                await using (stream)
                {
                    var buffer = new byte[64 * 1024];
                    while (await stream.ReadAsync(buffer, over.Token) is > 0 and var count)
                        Interlocked.Add(ref states[number], buffer.AsSpan(0, count).Count("event: state"u8));
                }
            }));
        }

        var result = await ProcessorAsync(() => EventsAsync(app, length, perSecond: 100));
        await over.CancelAsync();
        await Task.WhenAll(readers).ContinueWith(static _ => { }, TaskScheduler.Default);
        // Boards that nothing comes to cost nothing, and prove nothing.
        if (states.Min() < length.TotalSeconds)
            throw new InvalidOperationException($"A board got {states.Min()} states in {length.TotalSeconds} s.");
        return result;
    }

    /// <summary>How much of a core the process takes meanwhile, in percent.</summary>
    private static async Task<double> ProcessorAsync(Func<Task> run)
    {
        var (started, before) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await run();
        return 100 * (Environment.CpuUsage.TotalTime - before) / TimeProvider.System.GetElapsedTime(started);
    }

    private static (double, double) Swap(double first, double second) => (second, first);

    private static string Range(List<double> values) =>
        FormattableString.Invariant($"{values.Min():0.00} to {values.Max():0.00} in {values.Count} rounds");

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
