using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>A whole worker with an old copy of its journal in the journal's place.</summary>
public sealed class OldJournalTests : IDisposable
{
    private const string Call = "0127032d64a94732", OtherCall = "0127032d64a94733";

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public OldJournalTests() => _path = _folder.File("orders.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_bought_since_is_not_bought_again_and_the_worker_says_why_it_sells_nothing()
    {
        await using var host = await PpvTestHost.StartAsync(
            options => options.ConfigureWorker = worker =>
            {
                worker.Server.Journal.Path = _path;
                worker.Server.LineRest = TimeSpan.FromSeconds(1); // All lines rest where the journal can't be read at the start.
            });
        using var http = host.CreateHttpClient();
        (await BuyAsync(http, Call, "first")).ShouldBe(("OK", null));
        await host.StopWorkerAsync();
        File.Copy(_path, _folder.File("old.db"));
        await host.StartWorkerAsync();
        (await BuyAsync(http, OtherCall, "second")).ShouldBe(("OK", null));
        await host.StopWorkerAsync();
        File.Copy(_path, _folder.File("newest.db"));
        File.Copy(_folder.File("old.db"), _path, overwrite: true);
        await host.StartWorkerAsync();

        (await BuyAsync(http, OtherCall, "second")).ShouldBe(("ER444", "Unknown"));
        (await BuyAsync(http, Call, "third")).ShouldBe(("ER444", "Unknown"));
        host.Wizard.Purchases.Count.ShouldBe(2);
        using (var status = await http.GetAsync("/api/v1/ppv/orders/never"))
            (await status.Content.ReadAsStringAsync()).ShouldContain("Unavailable");
        var health = await host.WorkerServices.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        health.Status.ShouldBe(HealthStatus.Unhealthy);
        health.Entries[JournalCheck.Name].Description.ShouldNotBeNull().ShouldContain("it is an old copy");

        await host.StopWorkerAsync();
        File.Copy(_folder.File("newest.db"), _path, overwrite: true);
        await host.StartWorkerAsync();
        (await BuyAsync(http, OtherCall, "second")).ShouldBe(("OK", null));
        (await BuyAsync(http, Call, id: null)).ShouldBe(("OK", null));
        host.Wizard.Purchases.Count.ShouldBe(3, "only the fourth was new");
    }

    /// <summary>The three commands of a call, each under an id of its own, which the gateway makes where there is none.</summary>
    private static async Task<(string Code, string? Outcome)> BuyAsync(HttpClient http, string call, string? id)
    {
        (string Code, string? Outcome) last = default;
        foreach (var command in new[] { "'EV':'262193'", "'EN':'85165320'", "'CONFIRM':'UP'" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ppv");
            if (id is not null) request.Headers.Add("X-Ppv-Order-Id", $"{id}-{command.Split('\'')[1]}");
            request.Content = new StringContent($$"""{"content": "{'connid':'{{call}}',{{command}}}"}""");
            using var response = await http.SendAsync(request);
            using var json = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            var outcome = response.Headers.TryGetValues("X-Ppv-Outcome", out var values) ? values.Single() : null;
            last = (json.RootElement.GetProperty("callresult").GetString()!.Trim(), outcome == "Completed" ? null : outcome);
        }

        return last;
    }
}
