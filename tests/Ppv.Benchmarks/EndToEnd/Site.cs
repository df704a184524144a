using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ppv.Benchmarks.Programs;
using Ppv.Protocol;
using Ppv.TestKit;
using Ppv.Testing;

namespace Ppv.Benchmarks.EndToEnd;

/// <summary>
/// A gateway and a worker of samples/ as programs of their own, set up as they are shipped, with the simulator in Wizard's place; and
/// callers who place whole calls: EV, EN, CONFIRM.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private static readonly (string Command, string Value)[] Call = [("EV", "262193"), ("EN", "85165320"), ("CONFIRM", "UP")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-bench-");
    private readonly WizardSimulator _wizard;
    private long _calls = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 16;

    private Site(WizardSimulator wizard) => _wizard = wizard;

    public HostProcess Gateway { get; private set; } = null!;

    public HostProcess Worker { get; private set; } = null!;

    public static async Task<Site> StartAsync(BrokerAddress broker, int lines, TimeSpan wizardTime = default)
    {
        var wizard = new WizardSimulator(new WizardSimulatorOptions
        {
            Lines = new LineRange(1, lines),
            Behavior = new WizardBehavior { Delay = wizardTime },
        });
        var site = new Site(wizard);
        await wizard.StartAsync();
        var queue = $"bench.orders.{Guid.NewGuid():N}";
        site.Worker = await HostProcess.StartAsync(
            Built("Worker"), broker, queue, wizard.Port, site._folder.FullName, $"--Ppv:Server:LastLine={lines}");
        site.Gateway = await HostProcess.StartAsync(Built("Gateway"), broker, queue, wizard.Port, site._folder.FullName);
        return site;
    }

    /// <summary>Callers place calls for so long; an order is one command.</summary>
    public async Task<OrderTimes> PlaceAsync(int callers, TimeSpan time)
    {
        var latencies = new ConcurrentBag<List<double>>();
        var (processor, own) = (Gateway.Processor + Worker.Processor, Environment.CpuUsage.TotalTime);
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            using var caller = new Caller();
            await caller.ConnectAsync(Gateway.Port);
            List<double> mine = new(10_000);
            latencies.Add(mine);
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var connid = Interlocked.Increment(ref _calls).ToString("x16", CultureInfo.InvariantCulture);
                foreach (var (command, value) in Call)
                {
                    var request = Caller.Request(connid, command, value);
                    var before = Stopwatch.GetTimestamp();
                    await caller.PlaceAsync(request);
                    mine.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                }
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(start);
        return new OrderTimes(
            [.. latencies.SelectMany(mine => mine).Order()], elapsed, Gateway.Processor + Worker.Processor - processor)
        {
            Beside = Environment.CpuUsage.TotalTime - own,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Worker.DisposeAsync();
        await _wizard.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>The program as it was built with this one.</summary>
    private static string Built(string sample) =>
        RepositoryPaths.PathTo("samples", sample, "bin", "Release", "net10.0", $"ppv-{sample.ToLowerInvariant()}");
}

/// <summary>What a round of orders took.</summary>
/// <param name="Milliseconds">From request to answer, for each order, in order of size.</param>
/// <param name="Elapsed">The whole round.</param>
/// <param name="Processor">The processor time of gateway and worker together.</param>
internal sealed record OrderTimes(double[] Milliseconds, TimeSpan Elapsed, TimeSpan Processor)
{
    /// <summary>The processor time of callers and Wizard, in this process.</summary>
    public TimeSpan Beside { get; init; }

    public double PerSecond => Milliseconds.Length / Elapsed.TotalSeconds;

    public double Median => Milliseconds[Milliseconds.Length / 2];

    public double MicrosecondsOfProcessor => Processor.TotalMicroseconds / Milliseconds.Length;
}
