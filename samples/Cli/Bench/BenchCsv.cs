using System.Globalization;
using System.Text;

namespace Ppv.Samples.Cli.Bench;

/// <summary>A result as comma-separated values: a line for each second, and a last one for all of it.</summary>
internal static class BenchCsv
{
    private const string Header = "second,calls_started,calls_ended,calls_failed,orders,p50_ms,p95_ms,p99_ms,max_ms";

    public static string Of(BenchResult result)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var second in result.Seconds)
            Add(text, second.Second, second.Started, second.Ended, second.Failed, second.Orders, second.P50, second.P95, second.P99,
                second.Max);
        Add(text, "total", result.Started, result.Ended, result.Failed, result.Orders, result.Latency.At(50), result.Latency.At(95),
            result.Latency.At(99), result.Latency.Max);
        return text.ToString();
    }

    private static void Add(StringBuilder text, params object?[] values) =>
        text.AppendJoin(',', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))).Append('\n');
}
