using System.Globalization;
using Ppv.Benchmarks.Report;
using Ppv.Rpc;

namespace Ppv.Benchmarks.Comparison;

/// <summary>
/// Measures all peers in turn, round by round, so that a noisy machine disturbs them alike. Each has a process of its own, and all have the
/// same broker, kind of queue and delivery mode: durable and persistent, which is what counts, and transient beside it.
/// </summary>
internal static class ComparisonProgram
{
    private const string Usage = "Usage: compare [AMQP-ADDRESS] [ROUNDS] [SECONDS] [--json FILE], such as: "
        + "compare amqp://ppv:ppv@localhost:5672/%2Fppv 24 0.4. Beside FILE it writes a plot (.svg) and tables (.md).";

    /// <summary>What is asserted is measured in every round, the rest in one of so many.</summary>
    private const int RoundsForRest = 3;

    /// <summary>After so long no new round is begun: a machine that is busy with something else gives no better figures later.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(150);

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        var address = others.ElementAtOrDefault(0) ?? AmqpAddress.Usual;
        if (!AmqpAddress.TryParse(address, out _)
            || !int.TryParse(others.ElementAtOrDefault(1) ?? "24", CultureInfo.InvariantCulture, out var rounds)
            || !double.TryParse(others.ElementAtOrDefault(2) ?? "0.4", CultureInfo.InvariantCulture, out var seconds)
            || rounds is < 1 or > 1000 || seconds is < 0.1 or > 30)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var comparison = await CompareAsync(address, rounds, seconds);
        Console.WriteLine(comparison.Markdown());
        if (json is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(json))!);
            await File.WriteAllTextAsync(Path.ChangeExtension(json, ".md"), comparison.Markdown());
            await File.WriteAllTextAsync(Path.ChangeExtension(json, ".svg"), comparison.Plot().ToSvg());
        }

        return FigureReport.Finish("compare", [.. comparison.Figures()], json);
    }

    /// <summary>One peer's process: see <see cref="PeerHost"/>.</summary>
    public static async Task<int> HostAsync(string[] args)
    {
        if (args is not [var name, var text, var kind] || !AmqpAddress.TryParse(text, out var broker)) return 2;
        var isDurable = kind == "durable";
        await PeerHost.RunAsync(name switch
        {
            "ppv" => new PpvPeer(broker, isDurable ? QueueKind.DurableClassic : QueueKind.LegacyTransient),
            "hand" => await HandWrittenPeer.StartAsync(broker, isDurable, confirms: false),
            "hand-confirms" => await HandWrittenPeer.StartAsync(broker, isDurable, confirms: true),
            _ => throw new ArgumentException($"There is no peer {name}."),
        });
        return 0;
    }

    private static async Task<ComparisonRounds> CompareAsync(string address, int rounds, double seconds)
    {
        var own = typeof(ComparisonProgram).Assembly.Location;
        var foreign = own.Replace("Ppv.Benchmarks", "Ppv.Benchmarks.Peers", StringComparison.Ordinal);
        var contestants = Contestant.All.Where(contestant => !contestant.IsForeign || File.Exists(foreign)).ToList();
        foreach (var missing in Contestant.All.Except(contestants))
            Console.WriteLine($"{missing.Name} is left out. To have it: dotnet build -c Release tests/Ppv.Benchmarks.Peers");

        List<(bool IsDurable, Contestant Contestant, Task<PeerProcess> Process)> peers = [..
            from isDurable in (bool[])[true, false]
            from contestant in contestants
            select (isDurable, contestant, PeerProcess.StartAsync(
                contestant.IsForeign ? foreign : own, "peer", contestant.Peer, address, isDurable ? "durable" : "transient"))];
        try
        {
            await Task.WhenAll(peers.Select(peer => peer.Process));
            var comparison = new ComparisonRounds();
            var begun = TimeProvider.System.GetTimestamp();
            for (var round = 0; round < rounds && TimeProvider.System.GetElapsedTime(begun) < LongEnough; round++)
            {
                Console.Write($"\rround {round + 1} of {rounds} ");
                foreach (var (inFlight, _) in ComparisonRounds.Loads)
                {
                    foreach (var (isDurable, contestant, process) in peers)
                    {
                        var isAsserted = isDurable && (contestant.IsOurs || contestant == Contestant.All[0]);
                        if (!isAsserted && round % RoundsForRest != 0) continue;
                        comparison.Add(round, isDurable, inFlight, contestant, await (await process).MeasureAsync(inFlight, seconds));
                    }
                }

                peers.Reverse(); // Who comes first changes from round to round.
            }

            Console.WriteLine();
            return comparison;
        }
        finally
        {
            foreach (var (_, _, process) in peers)
            {
                if (process.IsCompletedSuccessfully) await (await process).DisposeAsync();
            }
        }
    }
}
