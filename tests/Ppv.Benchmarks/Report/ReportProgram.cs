using System.Text;
using Ppv.Benchmarks.Comparison;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Benchmarks.Report;

/// <summary>Puts together what the scenarios have left in a folder: the table on the screen, and what is asked for of the rest.</summary>
internal static class ReportProgram
{
    private const string Usage = "Usage: report FOLDER [--page PAGE.md] [--record FILE.json], such as: "
        + "report artifacts/bench --page docs/performance.md --record tests/Ppv.Benchmarks/recorded.json";

    /// <summary>In the order in which they are shown; what is not among them comes last.</summary>
    private static readonly string[] Scenarios =
        ["compare", "cost", "orders", "lines", "journal", "memory", "start", "micro", "board", "scale"];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var folder, .. var options] || options.Length % 2 != 0 || !Directory.Exists(folder)) return await FailAsync();
        string? page = null, recorded = null;
        foreach (var option in options.Chunk(2))
        {
            if (option[0] == "--page") page = option[1];
            else if (option[0] == "--record") recorded = option[1];
            else return await FailAsync();
        }

        ScenarioFigures[] scenarios = [.. Directory.GetFiles(folder, "*.json").Select(FigureReport.Read)
            .OrderBy(scenario => (uint)Array.IndexOf(Scenarios, scenario.Scenario)).ThenBy(scenario => scenario.Scenario)];
        Console.WriteLine(PerformancePage.Table(scenarios).Replace("**", "", StringComparison.Ordinal));
        try
        {
            if (page is not null) await WritePageAsync(page, folder, scenarios);
        }
        catch (BrokerUnreachableException)
        {
            await Console.Error.WriteLineAsync(
                "The page names the broker that was measured, and none answers. Say where it is: PPV_TEST_AMQP.");
            return 2;
        }

        if (recorded is not null) Recorded.Read(recorded).With(scenarios.SelectMany(scenario => scenario.Figures)).Write(recorded);
        return scenarios.SelectMany(scenario => scenario.Figures).All(figure => figure.Met) ? 0 : 1;
    }

    private static async Task WritePageAsync(string page, string folder, ScenarioFigures[] scenarios)
    {
        var details = new Dictionary<string, string>();
        foreach (var scenario in scenarios.Select(scenario => scenario.Scenario))
        {
            var detail = new StringBuilder();
            var (plot, text) = (Path.Combine(folder, $"{scenario}.svg"), Path.Combine(folder, $"{scenario}.md"));
            if (File.Exists(plot))
            {
                var image = $"images/performance-{scenario}.svg";
                File.Copy(plot, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, image), overwrite: true);
                detail.Append($"![The ratios as bars]({image})\n");
            }

            if (File.Exists(text)) detail.Append(await File.ReadAllTextAsync(text));
            if (detail.Length > 0) details.Add(scenario, detail.ToString());
        }

        var machine = Machine.This(await BrokerAsync()).ToString();
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var measured = PerformancePage.Measured(scenarios, details, machine, day);
        await File.WriteAllTextAsync(page, PerformancePage.Replace(await File.ReadAllTextAsync(page), measured));
    }

    /// <summary>The broker's name and version, as it says itself.</summary>
    private static async Task<string> BrokerAsync()
    {
        if (!AmqpAddress.TryParse(AmqpAddress.Usual, out var broker)) throw new ArgumentException("PPV_TEST_AMQP is no address.");
        await using var connection = await AmqpAddress.FactoryFor(broker).CreateConnectionAsync();
        string Property(string name) => Encoding.UTF8.GetString((byte[])connection.ServerProperties![name]!);
        return $"{Property("product")} {Property("version")}";
    }

    private static async Task<int> FailAsync()
    {
        await Console.Error.WriteLineAsync(Usage);
        return 2;
    }
}
