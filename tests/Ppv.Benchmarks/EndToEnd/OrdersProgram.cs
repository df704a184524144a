using System.Diagnostics;
using System.Globalization;
using Ppv.Benchmarks.Comparison;
using Ppv.Benchmarks.Report;
using Ppv.Rpc;
using Ppv.TestKit;

namespace Ppv.Benchmarks.EndToEnd;

/// <summary>
/// An order's whole way, HTTP to Wizard and back, beside the bare request and reply over the same broker; in turns, and as ratios.
/// </summary>
internal static class OrdersProgram
{
    private const string Usage = "Usage: orders AMQP-URI [ROUNDS] [SECONDS-A-ROUND] [--json FILE]";
    private const int Callers = 64; // Each call has a line, so that it is the way that is measured, not the wait for a line.

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        if (others is not [var address, .. var more] || !int.TryParse(more.ElementAtOrDefault(0) ?? "7", out var rounds)
            || !double.TryParse(more.ElementAtOrDefault(1) ?? "2", CultureInfo.InvariantCulture, out var seconds))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var broker = BrokerAddress.Parse(address);
        var options = new BrokerOptions();
        broker.ApplyTo(options);
        await using var site = await Site.StartAsync(broker, lines: Callers);
        await using var bare = new PpvPeer(options);
        var length = TimeSpan.FromSeconds(seconds);
        // What is met first is compiled, and compiled again when it was met often.
        foreach (var callers in (int[])[Callers, Callers, 1])
        {
            await BareAsync(bare, callers, length);
            await site.PlaceAsync(callers, length);
        }

        var one = await RoundsAsync(site, bare, 1, rounds, length);
        var many = await RoundsAsync(site, bare, Callers, rounds, length);
        return FigureReport.Finish("orders",
        [
            Figure("one order on an idle system / bare request and reply, p50", one,
                pair => pair.Order.Median / pair.Bare.Median, 2.5, null, pair => pair.Order.Median, "ms"),
            Figure($"orders/s with {Callers} callers / bare calls/s with {Callers} in flight", many,
                pair => 100 * pair.Order.PerSecond / pair.Bare.PerSecond, null, 60, pair => pair.Order.PerSecond, "orders/s"),
            new Figure($"processor time of gateway and worker for an order, {Callers} callers",
                Median(many, pair => pair.Order.MicrosecondsOfProcessor), "us", Detail: string.Create(CultureInfo.InvariantCulture,
                    $"callers and Wizard {Median(many, pair => pair.Order.BesideMicroseconds):0} us; bare client and server "
                    + $"{Median(many, pair => pair.Bare.MicrosecondsOfProcessor):0} us a call")),
        ], json);
    }

    private static async Task<List<Pair>> RoundsAsync(Site site, PpvPeer bare, int callers, int rounds, TimeSpan length)
    {
        List<Pair> pairs = [];
        for (var round = 1; round <= rounds; round++)
        {
            var first = round % 2 == 0 ? await BareAsync(bare, callers, length) : null;
            var order = await site.PlaceAsync(callers, length);
            pairs.Add(new Pair(order, first ?? await BareAsync(bare, callers, length)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}  {callers} callers  "
                + $"orders {order.PerSecond:0}/s p50 {order.Median:0.00} ms, {order.MicrosecondsOfProcessor:0} us of processor an order, "
                + $"{order.BesideMicroseconds:0} for callers and Wizard  "
                + $"bare {pairs[^1].Bare.PerSecond:0}/s p50 {pairs[^1].Bare.Median:0.00} ms, "
                + $"{pairs[^1].Bare.MicrosecondsOfProcessor:0} us a call"));
        }

        return pairs;
    }

    private static async Task<OrderTimes> BareAsync(PpvPeer bare, int callers, TimeSpan time)
    {
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            List<double> mine = new(10_000);
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var before = Stopwatch.GetTimestamp();
                await bare.CallAsync();
                mine.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }

            return mine;
        })));
        double[] all = [.. latencies.SelectMany(mine => mine).Order()];
        return new OrderTimes(
            all, all.Length / Stopwatch.GetElapsedTime(start).TotalSeconds, Environment.CpuUsage.TotalTime - processor);
    }

    private static Figure Figure(
        string what, List<Pair> pairs, Func<Pair, double> ratio, double? atMost, double? atLeast, Func<Pair, double> typical, string unit)
    {
        var ratios = pairs.Select(ratio).Order().ToList();
        return new Figure(what, ratios[ratios.Count / 2], atMost is null ? "%" : "x", atLeast, atMost, string.Create(
            CultureInfo.InvariantCulture, $"{ratios[0]:0.##} to {ratios[^1]:0.##}; {Median(pairs, typical):0.##} {unit}"));
    }

    private static double Median(List<Pair> pairs, Func<Pair, double> of) => pairs.Select(of).Order().ElementAt(pairs.Count / 2);

    /// <summary>One round of both.</summary>
    private sealed record Pair(OrderTimes Order, OrderTimes Bare);
}
