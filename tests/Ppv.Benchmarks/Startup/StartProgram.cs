using System.Globalization;
using Ppv.Benchmarks.Report;
using Ppv.Testing;
using Ppv.TestKit;

namespace Ppv.Benchmarks.Startup;

/// <summary>
/// How long gateway and worker take from the start of the process until <c>/health/ready</c> says so, published as they are shipped
/// (ReadyToRun) and without that, in turns; the broker is up.
/// </summary>
internal static class StartProgram
{
    private const string Usage = "Usage: start AMQP-URI [ROUNDS] [FOLDER] [--json FILE]. Published programs are left in FOLDER, and taken "
        + "from there the next time.";

    private const double MostSeconds = 0.7;

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        if (others is not [var address, .. var more]
            || !int.TryParse(more.ElementAtOrDefault(0) ?? "9", NumberStyles.None, CultureInfo.InvariantCulture, out var rounds))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var temporary = Directory.CreateTempSubdirectory("ppv-start-");
        try
        {
            var programs = await PublishedHosts.PublishAsync(more.ElementAtOrDefault(1) ?? temporary.FullName);
            await using var wizard = new WizardSimulator();
            await wizard.StartAsync();
            var measure = new HostStart(BrokerAddress.Parse(address), wizard.Port, temporary.FullName);
            var times = await MeasureAsync(measure, programs, rounds);
            return FigureReport.Finish("start", [.. PublishedHosts.Names.SelectMany(name => Figures(name, times))], json);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task<Dictionary<PublishedHost, List<StartTimes>>> MeasureAsync(
        HostStart measure, IReadOnlyList<PublishedHost> programs, int rounds)
    {
        // The first start of a file reads it from the disk, which says more of the machine than of the program.
        foreach (var program in programs) await measure.RunAsync(program);
        var times = programs.ToDictionary(program => program, _ => new List<StartTimes>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var program in round % 2 == 0 ? programs : programs.Reverse())
                times[program].Add(await measure.RunAsync(program));
            Console.WriteLine($"round {round}  {string.Join("  ", programs.Select(program => $"{program} {times[program][^1]}"))}");
        }

        return times;
    }

    private static IEnumerable<Figure> Figures(string name, Dictionary<PublishedHost, List<StartTimes>> times)
    {
        var shipped = times[new PublishedHost(name, IsReadyToRun: true)];
        var without = times[new PublishedHost(name, IsReadyToRun: false)];
        yield return new Figure($"{name}: process start to ready", Median(shipped, Seconds), "s", AtMost: MostSeconds,
            Detail: $"{Range(shipped, Seconds)}, {Processor(shipped)}");
        var ratios = without.Zip(shipped, (compiling, ahead) => compiling.Time / ahead.Time).ToList();
        yield return new Figure($"{name}: start without ReadyToRun / with it", Median(ratios, ratio => ratio), "x",
            Detail: $"{Range(ratios, ratio => ratio)}; without: {Text(Median(without, Seconds))} s, {Processor(without)}");
    }

    private static double Seconds(StartTimes times) => times.Time.TotalSeconds;

    private static string Processor(List<StartTimes> times) =>
        $"{Text(Median(times, time => time.Processor.TotalSeconds))} s of processor time";

    private static double Median<T>(List<T> values, Func<T, double> of) => values.Select(of).Order().ElementAt(values.Count / 2);

    private static string Range<T>(List<T> values, Func<T, double> of) => $"{Text(values.Min(of))} to {Text(values.Max(of))}";

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
