using System.Globalization;
using Ppv.Benchmarks.Comparison;
using Ppv.Benchmarks.Report;

namespace Ppv.Benchmarks.Cost;

/// <summary>Bytes that a call of <c>Ppv.Rpc</c> allocates, all guarantees on: the figure that is stable where time is not.</summary>
internal static class CostProgram
{
    private const string Usage = "Usage: cost [AMQP-ADDRESS] [--types] [--json FILE], such as: cost amqp://ppv:ppv@localhost:5672/%2Fppv";
    private const double MostBytes = 3 * 1024;
    private const int CallsForTypes = 40_000;
    private const int TypesShown = 30;

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        var showTypes = others.Contains("--types");
        var addresses = others.Where(other => other != "--types").DefaultIfEmpty(AmqpAddress.Usual).ToArray();
        if (addresses.Length > 1 || !AmqpAddress.TryParse(addresses[0], out var broker))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        List<Figure> figures = [];
        await using var peer = new PpvPeer(broker);
        await CallCost.WarmUpAsync(peer);
        foreach (var inFlight in (int[])[1, 32])
        {
            var bytes = await CallCost.BytesAsync(peer, inFlight);
            figures.Add(new Figure(
                Recorded.BytesFigure($"{inFlight}"), Math.Round(Medians.Of(bytes)), "B", AtMost: inFlight == 1 ? null : MostBytes,
                Detail: string.Create(CultureInfo.InvariantCulture, $"{bytes[0]:0} to {bytes[^1]:0} in {bytes.Length} rounds")));
            if (showTypes) await ShowTypesAsync(peer, inFlight, Medians.Of(bytes));
        }

        return FigureReport.Finish("cost", figures, json);
    }

    private static async Task ShowTypesAsync(IPeer peer, int inFlight, double bytesOfCall)
    {
        using var types = new AllocatedTypes();
        await CallCost.CallAsync(peer, inFlight, CallsForTypes);
        Console.WriteLine($"\nAllocated most with {inFlight} in flight, in bytes for each call:");
        foreach (var (type, share) in types.Largest(TypesShown))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share * bytesOfCall,7:0}  {share,6:0.0%}  {type}"));
        Console.WriteLine();
    }
}
