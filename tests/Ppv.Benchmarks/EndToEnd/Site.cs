using System.Diagnostics;
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
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-bench-");
    private readonly WizardSimulator _wizard;

    private Site(WizardSimulator wizard) => _wizard = wizard;

    public HostProcess Gateway { get; private set; } = null!;

    public HostProcess Worker { get; private set; } = null!;

    public CallSequence Calls { get; private set; } = null!;

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
        site.Calls = new CallSequence(site.Gateway.Port);
        return site;
    }

    /// <summary>
    /// Callers place calls for so long; an order is one command. Calls that were begun are ended, but what is answered later counts for no
    /// rate: fewer and fewer callers are there then.
    /// </summary>
    public async Task<OrderTimes> PlaceAsync(int callers, TimeSpan time)
    {
        var latencies = Enumerable.Range(0, callers).Select(_ => new List<double>(10_000)).ToArray();
        var (processor, own) = (Gateway.Processor + Worker.Processor, Environment.CpuUsage.TotalTime);
        var (start, inTime) = (Stopwatch.GetTimestamp(), 0);
        await Calls.PlaceAsync(callers, () => Stopwatch.GetElapsedTime(start) < time,
            (caller, begun) =>
            {
                latencies[caller].Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                if (Stopwatch.GetElapsedTime(start) < time) Interlocked.Increment(ref inTime);
            });
        return new OrderTimes(
            [.. latencies.SelectMany(mine => mine).Order()], inTime / time.TotalSeconds, Gateway.Processor + Worker.Processor - processor)
        {
            Beside = Environment.CpuUsage.TotalTime - own,
        };
    }

    public async ValueTask DisposeAsync()
    {
        Calls.Dispose();
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
/// <param name="PerSecond">How many were answered in a second.</param>
/// <param name="Processor">The processor time of gateway and worker together.</param>
internal sealed record OrderTimes(double[] Milliseconds, double PerSecond, TimeSpan Processor)
{
    /// <summary>The processor time of callers and Wizard, in this process.</summary>
    public TimeSpan Beside { get; init; }

    public double Median => Milliseconds[Milliseconds.Length / 2];

    public double MicrosecondsOfProcessor => Processor.TotalMicroseconds / Milliseconds.Length;

    public double BesideMicroseconds => Beside.TotalMicroseconds / Milliseconds.Length;
}
