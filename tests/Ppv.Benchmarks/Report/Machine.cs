using System.Globalization;
using System.Runtime.InteropServices;

namespace Ppv.Benchmarks.Report;

/// <summary>What was measured on, as far as it may be told: no names, no paths.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGigabytes, string System, string Runtime, string Broker)
{
    public static Machine This(string broker) => new(
        ProcessorName(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        broker);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Cores} cores of {Processor}, {MemoryGigabytes:0} GB, {System}, {Runtime}, {Broker} on loopback, which shares the cores");

    private static string ProcessorName()
    {
        const string key = "model name";
        var line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? $"{RuntimeInformation.ProcessArchitecture}";
    }
}
