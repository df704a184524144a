using System.Globalization;
using Ppv.Benchmarks.Report;

namespace Ppv.Benchmarks.Journals;

/// <summary>
/// What the order journal costs: the bytes that it writes for an order, and the full calls per second that a worker with it serves beside
/// one with a journal in memory. Both run in one process and take turns, because machines are noisy.
/// </summary>
internal static class JournalCost
{
    private const double MostBytesForEachOrder = 4096;
    private const double LeastRatio = 0.9;

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        var rounds = others.Length > 0 ? int.Parse(others[0], CultureInfo.InvariantCulture) : 25;
        var length = TimeSpan.FromSeconds(others.Length > 1 ? double.Parse(others[1], CultureInfo.InvariantCulture) : 1);
        await using var site = await JournalSite.StartAsync();
        await site.InFile.RunAsync(JournalSite.Callers, length); // The runtime compiles what it meets first.
        await site.InMemory.RunAsync(JournalSite.Callers, length);

        var alone = await site.BytesForEachOrderAsync(callers: 1, length);
        var together = await site.BytesForEachOrderAsync(JournalSite.Callers, length);
        List<double> ratios = [];
        for (var round = 0; round < rounds; round++)
        {
            var (file, memory) = round % 2 == 0
                ? (await site.InFile.RunAsync(JournalSite.Callers, length), await site.InMemory.RunAsync(JournalSite.Callers, length))
                : Swap(await site.InMemory.RunAsync(JournalSite.Callers, length), await site.InFile.RunAsync(JournalSite.Callers, length));
            ratios.Add(file / memory);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"calls/s: {file:0} in a file, {memory:0} in memory: {ratios[^1]:0.000}"));
        }

        ratios.Sort();
        return FigureReport.Finish("journal",
        [
            new("bytes that the journal writes for an order, one call at a time", alone, "B", AtMost: MostBytesForEachOrder),
            new("bytes that the journal writes for an order, all lines busy", together, "B", AtMost: MostBytesForEachOrder),
            new("calls/s with the journal in a file, against in memory", ratios[ratios.Count / 2], "x", AtLeast: LeastRatio,
                Detail: string.Create(CultureInfo.InvariantCulture, $"{ratios[0]:0.00} to {ratios[^1]:0.00} in {rounds} rounds")),
        ], json);
    }

    private static (double, double) Swap(double first, double second) => (second, first);
}
