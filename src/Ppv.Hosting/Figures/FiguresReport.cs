using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Hosting.Figures;

/// <summary>
/// What a program tells the others' boards of its hops: the last minute, step by step. A step is <c>[number, errors, class, count, class,
/// count, …]</c>, with the classes of <see cref="Buckets"/>.
/// </summary>
/// <param name="From">Which program: one has several connections, and all of them tell the same.</param>
/// <param name="StepSeconds">How long a step is; other lengths are of other versions, and not read.</param>
/// <param name="Hops">The steps of each hop at which anything passed.</param>
internal sealed partial record FiguresReport(Guid From, int StepSeconds, IReadOnlyDictionary<string, long[][]> Hops)
{
    /// <summary>The most numbers in a report: about 25 KB. The oldest steps are left out first.</summary>
    private const int MaxNumbers = 6_000;

    /// <summary>What is known of the hops of this program.</summary>
    public static JsonElement Write(OrderFigures figures, DateTimeOffset now)
    {
        var hops = figures.ByName.ToDictionary(hop => hop.Name, _ => new List<long[]>(), StringComparer.Ordinal);
        var (sum, left, current) = (new Tally(), MaxNumbers, HopFigures.StepOf(now));
        for (var step = current; step > current - HopFigures.StepsOfMinute; step--)
        {
            foreach (var (name, hop) in figures.ByName)
            {
                sum.Clear();
                hop.AddTo(sum, step);
                if (sum.Count == 0) continue;
                long[] numbers = [step, sum.Errors, .. sum.Classes().SelectMany(each => new long[] { each.Bucket, each.Count })];
                if ((left -= numbers.Length) >= 0) hops[name].Add(numbers);
            }
        }

        var told = hops.Where(hop => hop.Value.Count > 0).ToDictionary(hop => hop.Key, hop => hop.Value.ToArray());
        return JsonSerializer.SerializeToElement(
            new FiguresReport(figures.Id, HopFigures.StepSeconds, told), FiguresJson.Default.FiguresReport);
    }

    /// <returns><see langword="null"/> when it is no report that can be read.</returns>
    public static FiguresReport? Read(JsonElement element)
    {
        try
        {
            return element.Deserialize(FiguresJson.Default.FiguresReport) is { StepSeconds: HopFigures.StepSeconds, Hops: not null } report
                && report.Hops.Values.All(static steps => steps is not null && steps.All(IsStep)) ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A step as a tally.</summary>
    public static (long Step, Tally Tally) TallyOf(long[] numbers)
    {
        var tally = new Tally();
        for (var index = 2; index < numbers.Length; index += 2)
            tally.Add((int)numbers[index], (int)numbers[index + 1], index == 2 ? numbers[1] : 0);
        return (numbers[0], tally);
    }

    private static bool IsStep(long[]? numbers) =>
        numbers is { Length: >= 2 } && numbers.Length % 2 == 0 && numbers[0] >= 0 && numbers[1] >= 0
        && numbers.Skip(2).Where((_, index) => index % 2 == 0).All(bucket => bucket is >= 0 and < Buckets.Count)
        && numbers.Skip(2).Where((_, index) => index % 2 == 1).All(count => count is >= 0 and <= 1_000_000);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(FiguresReport))]
    private sealed partial class FiguresJson : JsonSerializerContext;
}
