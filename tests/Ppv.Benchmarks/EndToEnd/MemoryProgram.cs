using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Benchmarks.Report;
using Ppv.Testing;

namespace Ppv.Benchmarks.EndToEnd;

/// <summary>
/// Whether gateway and worker need more memory the more orders they have had. Both in this process, over HTTP and TCP as ever, with the
/// order journal on the disk and the broker in memory.
/// </summary>
internal static class MemoryProgram
{
    private const string Usage = "Usage: memory [ORDERS] [--json FILE]";
    private const double Megabyte = 1024 * 1024;
    private const int Looks = 10;
    private const int Baseline = 50_000, Portion = 25_000, Callers = 29;
    private const double MostPercent = 5;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        if (!int.TryParse(others.ElementAtOrDefault(0) ?? "200000", NumberStyles.None, CultureInfo.InvariantCulture, out var orders)
            || orders <= Baseline)
        {
            await Console.Error.WriteLineAsync($"{Usage}; more than {Baseline}.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("ppv-memory-");
        try
        {
            var wizard = new WizardSimulator();
            await wizard.StartAsync();
            var port = wizard.Port;
            await wizard.DisposeAsync();
            await using var app = await StartAsync(port, Path.Combine(folder.FullName, "orders.db"));
            using var calls = new CallSequence(new Uri(app.Urls.Single()).Port);
            var start = Stopwatch.GetTimestamp();
            var before = await PlaceAsync(calls, port, 0, Baseline);
            var after = await PlaceAsync(calls, port, Baseline, orders);
            var rate = orders / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var detail = string.Create(CultureInfo.InvariantCulture, $"after {orders:#,##0} orders, at {rate:0} orders/s");
            return FigureReport.Finish("memory",
            [
                Growth("managed heap of gateway and worker", before.Heap, after.Heap, detail),
                Growth("resident memory of gateway and worker", before.Resident, after.Resident, detail),
            ], json);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Figure Growth(string what, double before, double after, string detail) =>
        new($"{what}: growth since {Baseline.ToString("#,##0", CultureInfo.InvariantCulture)} orders", 100 * (after / before - 1), "%",
            AtMost: MostPercent, Detail: string.Create(CultureInfo.InvariantCulture, $"{before:0.0} MB, {after:0.0} MB {detail}"));

    /// <summary>The simulator remembers every order, so each portion has one of its own, which is gone when memory is looked at.</summary>
    private static async Task<(double Heap, double Resident)> PlaceAsync(CallSequence calls, int wizardPort, int from, int to)
    {
        for (var placed = from; placed < to; placed += Portion)
        {
            await using var wizard = new WizardSimulator(new WizardSimulatorOptions { Port = wizardPort });
            await wizard.StartAsync();
            await calls.PlaceAsync(Callers, Math.Min(Portion, to - placed));
        }

        return await LookAsync();
    }

    /// <summary>The least of some looks, since what ends holds on to its memory for a moment: what grows is in all of them.</summary>
    private static async Task<(double Heap, double Resident)> LookAsync()
    {
        var (heap, resident) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var look = 0; look < Looks; look++)
        {
            await Task.Delay(BetweenLooks, TimeProvider.System);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            heap = Math.Min(heap, GC.GetTotalMemory(forceFullCollection: true) / Megabyte);
            resident = Math.Min(resident, Environment.WorkingSet / Megabyte);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"heap {heap:0.00} MB, resident {resident:0.0} MB"));
        return (heap, resident);
    }

    private static async Task<WebApplication> StartAsync(int wizardPort, string journal)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.UseInMemoryBroker();
        builder.AddPpvGateway();
        builder.AddPpvServer(options =>
        {
            (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizardPort);
            options.Server.Journal.Path = journal;
        });
        var app = builder.Build();
        app.MapPpvGateway();
        app.MapPpvDashboard();
        await app.StartAsync();
        return app;
    }
}
