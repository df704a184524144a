using System.Text.Json;
using System.Text.RegularExpressions;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>The dashboard and the alerts ask for what there is, under the names that Prometheus gives it.</summary>
public partial class MonitoringFilesTests
{
    private static readonly string Alerts = File.ReadAllText(RepositoryPaths.PathTo("samples", "deploy", "grafana", "alerts.yaml"));
    private static readonly string Dashboard = File.ReadAllText(RepositoryPaths.PathTo("samples", "deploy", "grafana", "dashboard.json"));

    /// <summary>Those of ASP.NET Core and of Prometheus itself.</summary>
    private static readonly string[] Foreign = ["http_server_request_duration_seconds_bucket"];

    [Fact]
    public void They_ask_for_instruments_and_attributes_that_there_are()
    {
        var documented = PrometheusNames();
        documented.Count.ShouldBeGreaterThan(15);
        var asked = Metric().Matches(Alerts + Dashboard).Select(match => match.Value).ToHashSet();

        asked.Except(documented).Except(Foreign).ShouldBeEmpty("There is no such instrument in docs/telemetry.md.");
        documented.Except(asked).ShouldBeEmpty("Nobody would see these.");
    }

    [Fact]
    public void Each_alert_says_what_happened_and_where_it_is_written_what_to_do()
    {
        var names = AlertName().Matches(Alerts).Select(match => match.Groups[1].Value).ToList();
        names.Count.ShouldBe(6);
        var operations = File.ReadAllText(RepositoryPaths.PathTo("docs", "operations.md"));
        foreach (var name in names)
        {
            Alerts.ShouldContain($"docs/operations.md#{name.ToLowerInvariant()}\"");
            operations.ShouldContain($"### {name}\n");
        }

        Regex.Count(Alerts, @"^          summary: "".+\.""$", RegexOptions.Multiline).ShouldBe(names.Count);
    }

    [Fact]
    public void The_dashboards_panels_have_titles_descriptions_and_units()
    {
        var panels = JsonDocument.Parse(Dashboard).RootElement.GetProperty("panels").EnumerateArray().ToList();
        panels.Count.ShouldBeGreaterThan(8);
        foreach (var panel in panels)
        {
            panel.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
            panel.GetProperty("description").GetString().ShouldEndWith(".");
            panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString().ShouldNotBeNullOrEmpty();
        }
    }

    /// <summary>
    /// docs/telemetry.md in the words of Prometheus (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/).
    /// </summary>
    private static HashSet<string> PrometheusNames() =>
    [
        .. File.ReadLines(RepositoryPaths.PathTo("docs", "telemetry.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 7)
            .Select(cells => (Name: cells[1].Trim('`').Replace('.', '_'), Kind: cells[2]))
            .Select(instrument => instrument.Kind switch
            {
                "Counter" => $"{instrument.Name}_total",
                "Histogram" => $"{instrument.Name}_seconds_bucket",
                _ => instrument.Name,
            }),
    ];

    [GeneratedRegex(@"\b(ppv|rpc|http)_[a-z_]+_(total|bucket|active|requests|busy|limit|leases|unknown)\b")]
    private static partial Regex Metric();

    [GeneratedRegex("alert: (\\w+)")]
    private static partial Regex AlertName();
}
