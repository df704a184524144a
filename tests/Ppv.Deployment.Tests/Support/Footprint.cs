using System.Globalization;

namespace Ppv.Deployment.Tests.Support;

/// <summary>What a process holds of the machine.</summary>
/// <param name="Megabytes">Memory that is in use (VmRSS).</param>
/// <param name="Handles">Open files, sockets among them.</param>
/// <param name="Threads">Its threads.</param>
internal sealed record Footprint(double Megabytes, int Handles, int Threads)
{
    public static Footprint Of(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var status = File.ReadAllLines($"{folder}/status");
        return new Footprint(Number("VmRSS:") / 1024.0, Directory.GetFiles($"{folder}/fd").Length, (int)Number("Threads:"));

        long Number(string name) => long.Parse(
            status.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace(
                "kB", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture);
    }

    /// <summary>The middle of several, each number by itself: a collection or a busy moment counts for nothing.</summary>
    public static Footprint Median(IReadOnlyCollection<Footprint> all) => new(
        Middle(all.Select(one => one.Megabytes)), Middle(all.Select(one => one.Handles)), Middle(all.Select(one => one.Threads)));

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Megabytes:0.0} MB, {Handles} handles, {Threads} threads");

    private static T Middle<T>(IEnumerable<T> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
