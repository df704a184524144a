using System.Globalization;
using System.Text.Json;

namespace Ppv.Benchmarks.Comparison;

/// <summary>
/// The process that a peer has to itself, so that all peers have the same and none has another's garbage: takes what to measure from its
/// input, a line each, and prints what it measured. Ends with its input.
/// </summary>
internal static class PeerHost
{
    /// <summary>What it prints first, when the peer is compiled and ready.</summary>
    public const string Ready = "ready";

    private const int WarmUpInFlight = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(IPeer peer)
    {
        await using (peer)
        {
            await Measurement.TakeAsync(peer, WarmUpInFlight, WarmUp);
            Console.WriteLine(Ready);
            while (await Console.In.ReadLineAsync() is { } line)
            {
                var words = line.Split(' ');
                var inFlight = int.Parse(words[0], CultureInfo.InvariantCulture);
                var time = TimeSpan.FromSeconds(double.Parse(words[1], CultureInfo.InvariantCulture));
                Console.WriteLine(JsonSerializer.Serialize(await Measurement.TakeAsync(peer, inFlight, time)));
            }
        }
    }
}
