using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Benchmarks.Report;

/// <summary>How each scenario ends: its figures on the screen, in a file for the report, and as the exit code.</summary>
internal static class FigureReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>
    /// Prints the figures, writes them to <paramref name="json"/> where it is given, and says 1 if one missed its bound, else 0.
    /// </summary>
    public static int Finish(string scenario, IReadOnlyList<Figure> figures, string? json = null)
    {
        foreach (var figure in figures)
        {
            var bound = figure.Bound is "" ? "" : $" (to reach: {figure.Bound})";
            Console.WriteLine($"{(figure.Met ? "  " : "! ")}{figure.What}: {figure.Reading}{bound} {figure.Detail}");
        }
        if (json is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(json))!);
            File.WriteAllText(json, JsonSerializer.Serialize(new ScenarioFigures(scenario, figures), Json) + "\n");
        }
        return figures.All(figure => figure.Met) ? 0 : 1;
    }

    /// <summary>What <see cref="Finish"/> wrote to a file.</summary>
    public static ScenarioFigures Read(string json) => JsonSerializer.Deserialize<ScenarioFigures>(File.ReadAllText(json), Json)
        ?? throw new InvalidDataException($"{json} has no figures; run its scenario again.");

    /// <summary>Takes <c>--json FILE</c> out of a verb's arguments.</summary>
    public static (string? Json, string[] Others) TakeJson(string[] args)
    {
        var at = Array.IndexOf(args, "--json");
        return at >= 0 && at + 1 < args.Length ? (args[at + 1], [.. args[..at], .. args[(at + 2)..]]) : (null, args);
    }
}

/// <summary>One scenario's figures, as its file has them.</summary>
internal sealed record ScenarioFigures(string Scenario, IReadOnlyList<Figure> Figures);
