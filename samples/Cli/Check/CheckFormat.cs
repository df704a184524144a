using System.Globalization;
using System.Text;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Check;

/// <summary>How a result is printed.</summary>
internal enum CheckFormat
{
    /// <summary>One line as plugins of Nagios and its relatives print it (https://nagios-plugins.org/doc/guidelines.html).</summary>
    Nagios,

    Json,

    /// <summary>Metrics in Prometheus' text format, for a file that its node exporter collects.</summary>
    Prometheus,

    /// <summary>For people.</summary>
    Text,
}

/// <summary>Prints results.</summary>
internal static class CheckPrinter
{
    public static void Write(CliEnvironment environment, CheckResult result, CheckFormat format)
    {
        if (format == CheckFormat.Json)
        {
            CliJson.Write(environment, ToJson(result));
            return;
        }

        environment.Output.Write(format switch
        {
            CheckFormat.Nagios => Nagios(result) + "\n",
            CheckFormat.Prometheus => Prometheus(result),
            _ => Text(result),
        });
    }

    public static string Nagios(CheckResult result)
    {
        // The bar separates the text from the figures, so it must not be in the text.
        var text = Printable.Text(result.Summary).Replace('|', '/');
        var head = $"PPV {result.Name.ToUpperInvariant()} {result.Status.ToString().ToUpperInvariant()} - {text}";
        return result.Readings.Count == 0 ? head : $"{head} | {string.Join(' ', result.Readings.Select(Figure))}";
    }

    public static string Prometheus(CheckResult result)
    {
        var text = new StringBuilder();
        Add("ppv_check_status", "How the check went: 0 ok, 1 warning, 2 critical, 3 unknown.", (int)result.Status);
        foreach (var reading in result.Readings)
            Add($"ppv_check_{result.Name}_{reading.Measure.Name}{Suffix(reading.Measure.Unit)}", Sentence(reading.Measure.Meaning),
                reading.Value);
        return text.ToString();

        void Add(string name, string help, double value) => text.Append(CultureInfo.InvariantCulture,
            $"# HELP {name} {help}\n# TYPE {name} gauge\n{name}{{check=\"{result.Name}\"}} {Number(value)}\n");
    }

    private static string Text(CheckResult result)
    {
        var text = new StringBuilder($"{result.Name}: {result.Status.ToString().ToUpperInvariant()}. {Printable.Text(result.Summary)}\n");
        foreach (var reading in result.Readings)
            text.Append(CultureInfo.InvariantCulture,
                $"  {reading.Measure.Name,-10}{reading.Measure.Show(reading.Value)} (warning {Limit(reading, reading.Warn)}, "
                    + $"critical {Limit(reading, reading.Critical)})\n");
        return text.ToString();
    }

    private static string Limit(Reading reading, double? limit) =>
        limit is null ? "off" : $"{(reading.Measure.IsLowBad ? "below" : "above")} {reading.Measure.Show(limit.Value)}";

    private static string Figure(Reading reading)
    {
        var unit = reading.Measure.Unit switch
        {
            MeasureUnit.Seconds => "s",
            MeasureUnit.Bytes => "B",
            _ => "",
        };
        return $"{reading.Measure.Name}={Number(reading.Value)}{unit};{Range(reading.Warn)};{Range(reading.Critical)}".TrimEnd(';');

        string Range(double? limit) => limit is null ? "" : $"{Number(limit.Value)}{(reading.Measure.IsLowBad ? ":" : "")}";
    }

    private static object ToJson(CheckResult result) => new
    {
        Check = result.Name,
        result.Status,
        Text = result.Summary,
        Readings = result.Readings.Select(reading => new
        {
            reading.Measure.Name,
            reading.Value,
            reading.Measure.Unit,
            reading.Warn,
            reading.Critical,
            BadWhen = reading.Measure.IsLowBad ? "below" : "above",
            reading.Status,
        }),
    };

    private static string Suffix(MeasureUnit unit) => unit switch
    {
        MeasureUnit.Seconds => "_seconds",
        MeasureUnit.Bytes => "_bytes",
        _ => "",
    };

    private static string Sentence(string meaning) => $"{char.ToUpperInvariant(meaning[0])}{meaning[1..]}.";

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
