using System.Diagnostics;
using System.Globalization;
using Ppv.Benchmarks.Report;
using Ppv.TestKit;

namespace Ppv.Benchmarks.EndToEnd;

/// <summary>
/// How busy Wizard's lines are kept when there are more callers than lines. A line belongs to a call until its confirm is answered, so it
/// waits while an answer goes to the caller and the next command comes back. Wizard's time is as long as its timer really takes, which is
/// measured beside it: a timer is never early, and late on a busy machine.
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
        List<double> percent = [], rates = [];
        var (answered, isOver) = (0, false);
        // Without a pause between the rounds: at the end of a load lines are idle because there are no callers.
        var callers = site.Calls.PlaceAsync(
            Callers, () => !Volatile.Read(ref isOver), (_, _) => Interlocked.Increment(ref answered));
        for (var round = 0; round <= rounds; round++)
        {
            var (start, before) = (Stopwatch.GetTimestamp(), Volatile.Read(ref answered));
            var wizard = await WizardSecondsAsync(length);
            var rate = (Volatile.Read(ref answered) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (round == 0) continue; // What is met first is compiled.
            rates.Add(rate);
            percent.Add(100 * rate * wizard / Lines);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}  {rate:0.0} orders/s, "
                + $"Wizard takes {1000 * wizard:0.0} ms: {percent[^1]:0.0} % of what the lines take"));
        }

        Volatile.Write(ref isOver, true);
        await callers;
        percent.Sort();
        rates.Sort();
        return FigureReport.Finish("lines",
        [
            new Figure($"{Lines} lines kept busy, Wizard takes {WizardTime.TotalMilliseconds:0} ms, {Callers} callers",
                percent[rounds / 2], "%", AtLeast: 97, Detail: string.Create(CultureInfo.InvariantCulture,
                    $"{percent[0]:0.0} to {percent[^1]:0.0}; {rates[rounds / 2]:0} orders/s of {Lines / WizardTime.TotalSeconds:0}")),
        ], json);
    }

    /// <summary>How long the timers of the simulator take meanwhile, on average.</summary>
    private static async Task<double> WizardSecondsAsync(TimeSpan length)
    {
        var (start, count) = (Stopwatch.GetTimestamp(), 0);
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            await Task.Delay(WizardTime, TimeProvider.System);
            count++;
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / count;
    }
}
