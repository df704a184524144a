using System.Globalization;
using Ppv.Benchmarks.Report;
using Ppv.TestKit;

namespace Ppv.Benchmarks.EndToEnd;

/// <summary>
/// How busy Wizard's lines are kept when there are more callers than lines. A line belongs to a call until its confirm is answered, so it
/// waits while an answer goes to the caller and the next command comes back.
/// </summary>
internal static class LinesProgram
{
    private const string Usage = "Usage: lines AMQP-URI [ROUNDS] [SECONDS-A-ROUND] [--json FILE]";
    private const int Lines = 29, Callers = 64;
    private static readonly TimeSpan WizardTime = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        if (others is not [var address, .. var more] || !int.TryParse(more.ElementAtOrDefault(0) ?? "5", out var rounds)
            || !double.TryParse(more.ElementAtOrDefault(1) ?? "5", CultureInfo.InvariantCulture, out var seconds))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        await using var site = await Site.StartAsync(BrokerAddress.Parse(address), Lines, WizardTime);
        var length = TimeSpan.FromSeconds(seconds);
        await site.PlaceAsync(Callers, length);
        List<double> percent = [];
        for (var round = 1; round <= rounds; round++)
        {
            var orders = await site.PlaceAsync(Callers, length);
            percent.Add(100 * orders.PerSecond * WizardTime.TotalSeconds / Lines);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"round {round}  {orders.PerSecond:0.0} orders/s, {percent[^1]:0.0} % of what the lines take"));
        }

        percent.Sort();
        var median = percent[rounds / 2];
        return FigureReport.Finish("lines",
        [
            new Figure($"{Lines} lines kept busy, Wizard takes {WizardTime.TotalMilliseconds:0} ms, {Callers} callers", median, "%",
                AtLeast: 97, Detail: string.Create(CultureInfo.InvariantCulture, $"{percent[0]:0.0} to {percent[^1]:0.0}; "
                    + $"{median / 100 * Lines / WizardTime.TotalSeconds:0} orders/s of {Lines / WizardTime.TotalSeconds:0}")),
        ], json);
    }
}
