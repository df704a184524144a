using System.Globalization;

namespace Ppv.Deployment.Tests.Support;

/// <summary>What a process holds of the machine.</summary>
/// <param name="Megabytes">Memory that is in use (VmRSS).</param>
/// <param name="Handles">Open files, sockets among them.</param>
/// <param name="Connections">Open sockets: to the broker, to Wizard, from callers.</param>
/// <param name="Threads">Its threads.</param>
internal sealed record Footprint(double Megabytes, int Handles, int Connections, int Threads)
{
    public static Footprint Of(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var status = File.ReadAllLines($"{folder}/status");
        var handles = Directory.GetFiles($"{folder}/fd");
        return new Footprint(Number("VmRSS:") / 1024.0, handles.Length, handles.Count(IsSocket), (int)Number("Threads:"));

        long Number(string name) => long.Parse(
            status.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace(
                "kB", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture);
    }

    /// <summary>The middle of several, each number by itself: a collection or a busy moment counts for nothing.</summary>
    public static Footprint Median(IReadOnlyCollection<Footprint> all) => new(
        Middle(all.Select(one => one.Megabytes)), Middle(all.Select(one => one.Handles)),
        Middle(all.Select(one => one.Connections)), Middle(all.Select(one => one.Threads)));

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture, $"{Megabytes:0.0} MB, {Handles} handles, {Connections} of them sockets, {Threads} threads");

    private static bool IsSocket(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // Closed since it was listed.
        }
    }

    private static T Middle<T>(IEnumerable<T> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
