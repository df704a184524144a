using System.Diagnostics;
using System.Globalization;
using Ppv.Benchmarks.Report;

namespace Ppv.Benchmarks.Scale;

/// <summary>How far it scales: a day of many sites on virtual time, with failures, and the promises looked at all the while.</summary>
internal static class ScaleProgram
{
    private const string Usage = "Usage: scale [--sites N] [--seed N] [--docs] [--json FILE]; --docs writes docs/scale.md and its pictures";

    public static async Task<int> RunAsync(string[] args)
    {
        var (json, others) = FigureReport.TakeJson(args);
        var (sites, seed, writesDocs) = (100, 1UL, false);
        for (var at = 0; at < others.Length; at++)
        {
            switch (others[at])
            {
                case "--docs":
                    writesDocs = true;
                    break;
                case "--sites" when int.TryParse(others.ElementAtOrDefault(at + 1), CultureInfo.InvariantCulture, out sites) && sites > 0:
                case "--seed" when ulong.TryParse(others.ElementAtOrDefault(at + 1), CultureInfo.InvariantCulture, out seed):
                    at++;
                    break;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return 2;
            }
        }

        var begun = Stopwatch.GetTimestamp();
        var findings = await Findings.GatherAsync(sites, seed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{sites} sites, a day, seed {seed}: simulated in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s"));
        var code = FigureReport.Finish("scale", ScaleFigures.Of(findings), json);
        if (writesDocs && code == 0) ScalePage.Write(findings);
        return code;
    }
}
