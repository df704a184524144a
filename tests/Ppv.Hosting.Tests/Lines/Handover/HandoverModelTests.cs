namespace Ppv.Hosting.Tests;

/// <summary>
/// Random histories of two workers that take over from each other: nobody gets another call's event, nothing is bought twice, whoever is
/// told OK owns it.
/// </summary>
public class HandoverModelTests
{
    private static readonly string[] MustHappen =
    [
        "Confirm Completed", "Confirm NotExecuted", "Confirm Unknown", "Event Completed", "Continue", "Import", "StartOver", "handed over",
        "crash", "frozen", "given back", "asked for again",
        "repeated Confirm Completed", "repeated Confirm Unknown", "repeated Confirm NotExecuted", "handed over without a record",
    ];

    private static readonly (int First, int Count) Histories =
        Environment.GetEnvironmentVariable("PPV_TEST_SOAK") == "1" ? (Random.Shared.Next(1_000_000_000), 20_000) : (0, 600);

    [Fact]
    public async Task However_workers_take_over_no_purchase_is_crossed_or_made_twice_and_every_OK_is_true()
    {
        var seen = MustHappen.ToDictionary(name => name, _ => 0);
        for (var history = Histories.First; history < Histories.First + Histories.Count; history++)
        {
            await using var model = new HandoverModel(history);
            await model.StartAsync();
            for (var step = 20 + history % 100; step > 0; step--) await model.StepAsync();
            await model.EndAsync();
            model.Purchases.ShouldAllBe(
                purchase => purchase.Event.Split('-')[0] == purchase.Subscriber.Split('-')[0], $"history {history}");
            model.Purchases.ShouldBeUnique($"history {history}");
            Should.NotThrow(model.Check, $"history {history}");
            foreach (var (name, count) in model.Seen) seen[name] = seen.GetValueOrDefault(name) + count;
        }

        // What never happened was not tested.
        foreach (var name in MustHappen) seen[name].ShouldBeGreaterThan(5, string.Join(", ", seen));
    }
}
