using System.Diagnostics;
using System.Globalization;
using Ppv.Benchmarks.Programs;
using Ppv.TestKit;

namespace Ppv.Benchmarks.Startup;

/// <summary>Starts a program, waits until it is ready, and stops it.</summary>
internal sealed class HostStart(BrokerAddress broker, int wizardPort, string folder)
{
    private readonly string _queue = $"bench.start.{Guid.NewGuid():N}";

    public async Task<StartTimes> RunAsync(PublishedHost host)
    {
        var before = Stopwatch.GetTimestamp();
        await using var process = await HostProcess.StartAsync(host.File, broker, _queue, wizardPort, folder);
        return new StartTimes(Stopwatch.GetElapsedTime(before), process.Processor);
    }
}

/// <summary>What one start took.</summary>
/// <param name="Time">From the start of the process until it was ready.</param>
/// <param name="Processor">The processor time of the program until then.</param>
internal readonly record struct StartTimes(TimeSpan Time, TimeSpan Processor)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time.TotalSeconds:0.000} s");
}
