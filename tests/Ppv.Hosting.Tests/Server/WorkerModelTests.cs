namespace Ppv.Hosting.Tests;

/// <summary>
/// Random histories of the whole worker, with crashes: nobody gets another call's event, nothing is bought twice, whoever is told OK owns
/// it.
/// </summary>
public class WorkerModelTests
{
    private static readonly string[] MustHappen =
    [
        "Confirm Completed", "Confirm NotExecuted", "Confirm Unknown", "Event Completed", "Subscriber Completed", "crash", "repeated",
        "answered late", "time passed", "disk stalled",
        "asked for again", "came late", "delivered again",
    ];

    /// <summary>
    /// Each history starts SQLite some times. <c>./test.sh --soak</c> takes the time for many, and draws new ones; else they are the same
    /// each time.
    /// </summary>
    private static readonly (int First, int Count) Histories =
        int.TryParse(Environment.GetEnvironmentVariable("PPV_TEST_HISTORY"), out var one) ? (one, 1)
        : Environment.GetEnvironmentVariable("PPV_TEST_SOAK") == "1" ? (Random.Shared.Next(1_000_000_000), 5_000) : (0, 150);

    [Fact]
    public async Task Whatever_happens_no_purchase_is_crossed_or_made_twice_and_every_OK_is_true()
    {
        var seen = MustHappen.ToDictionary(name => name, _ => 0);
        for (var history = Histories.First; history < Histories.First + Histories.Count; history++)
        {
            var happened = await PlayAsync(history);
            foreach (var (name, count) in happened) seen[name] = seen.GetValueOrDefault(name) + count;
        }

        // What never happened was not tested.
        foreach (var name in MustHappen) seen[name].ShouldBeGreaterThan(5, string.Join(", ", seen));
    }

    private static async Task<IReadOnlyDictionary<string, int>> PlayAsync(int history)
    {
        using var folder = new TemporaryFolder();
        await using var model = new WorkerModel(history, folder.File(""));
        try
        {
            await model.StartAsync();
            for (var step = 20 + history % 100; step > 0; step--) await model.StepAsync();
            await model.EndAsync();
            model.Purchases.ShouldAllBe(purchase => purchase.Event.Split('-')[0] == purchase.Subscriber.Split('-')[0]);
            model.Purchases.ShouldBeUnique();
        }
        catch (ShouldAssertException e)
        {
            throw new ShouldAssertException($"History {history}: {e.Message}\n{string.Join('\n', model.Story.TakeLast(60))}", e);
        }

        return model.Seen;
    }
}
