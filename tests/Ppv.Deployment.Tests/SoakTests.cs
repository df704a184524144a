using System.Globalization;
using Ppv.Deployment.Tests.Support;
using Ppv.Testing;

namespace Ppv.Deployment.Tests;

/// <summary>
/// Under a steady load, what the programs hold of the machine stays flat: half a minute in every run, an hour with
/// <c>./test.sh --soak</c>; docs/operations.md has the figures of an hour.
/// </summary>
public sealed class SoakTests(SharedBroker broker, ITestOutputHelper output) : IDisposable
{
    private const int Callers = 10;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500); // Of one caller: 20 calls, 60 orders a second of all.
    private static readonly TimeSpan WarmUp = SoakRun.IsOn ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Length = SoakRun.IsOn ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(20);

    // The runtime goes on compiling and growing its heap for minutes; what leaks shows in an hour.
    private static readonly double MemoryGrowth = SoakRun.IsOn ? 1.1 : 1.5;
    private const int Spread = 12; // Connections to Wizard come and go with each command.

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-soak-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Memory_handles_threads_and_connections_stay_flat_and_every_call_is_booked()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var queue = TestBroker.UniqueQueueName("soak");
        const string quiet = "--Logging:LogLevel:Ppv.Hosting=Warning"; // Not three lines for each call.
        await using var worker = await Programs.WorkerAsync(
            broker.Address, queue, wizard.Port, Path.Combine(_folder.FullName, "orders.db"), quiet);
        var (gateway, port) = await Programs.GatewayAsync(broker.Address, queue, quiet);
        await using var _ = gateway;
        using var http = Programs.Client(port);

        using var end = new CancellationTokenSource(WarmUp + Length, TimeProvider.System);
        var callers = Enumerable.Range(0, Callers).Select(caller => CallAsync(http, caller, end.Token)).ToList();
        var samples = new List<(TimeSpan At, Footprint Gateway, Footprint Worker)>();
        using var timer = new PeriodicTimer(Length / 20, TimeProvider.System);
        var since = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(end.Token))
            {
                var at = TimeProvider.System.GetElapsedTime(since);
                if (at >= WarmUp) samples.Add((at, Footprint.Of(gateway.Id), Footprint.Of(worker.Id)));
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        var calls = (await Task.WhenAll(callers)).Sum();
        wizard.Purchases.Count.ShouldBe(calls);
        calls.ShouldBeGreaterThan((int)((WarmUp + Length) / Pace * Callers / 4), "the load was steady");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} calls in {WarmUp + Length}."));
        ShouldBeFlat("gateway", [.. samples.Select(sample => sample.Gateway)]);
        ShouldBeFlat("worker", [.. samples.Select(sample => sample.Worker)]);
        (await worker.TerminateAsync()).ShouldBe(0, worker.Output);
        (await gateway.TerminateAsync()).ShouldBe(0, gateway.Output);
        (worker.Output + gateway.Output).ShouldNotContain("fail: ");
    }

    private void ShouldBeFlat(string program, Footprint[] samples)
    {
        var (first, second) = (Footprint.Median(samples[..(samples.Length / 2)]), Footprint.Median(samples[(samples.Length / 2)..]));
        output.WriteLine($"{program}: {first} in the first half, {second} in the second.");
        foreach (var sample in samples) output.WriteLine($"  {sample}");
        second.Megabytes.ShouldBeLessThan(first.Megabytes * MemoryGrowth, program);
        second.Handles.ShouldBeInRange(first.Handles - Spread, first.Handles + Spread, program);
        second.Connections.ShouldBeInRange(first.Connections - Spread, first.Connections + Spread, program);
        second.Threads.ShouldBeInRange(first.Threads - Spread, first.Threads + Spread, program);
    }

    /// <summary>Call after call at an even pace.</summary>
    /// <returns>How many were bought.</returns>
    private static async Task<int> CallAsync(HttpClient http, int caller, CancellationToken end)
    {
        using var timer = new PeriodicTimer(Pace, TimeProvider.System);
        for (var calls = 0; ; calls++)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(end)) return calls;
            }
            catch (OperationCanceledException)
            {
                return calls;
            }

            var connid = string.Create(CultureInfo.InvariantCulture, $"{(caller * 100_000_000L) + calls + 1:x16}");
            foreach (var (command, value) in ((string, string)[])[("EV", "262193"), ("EN", "85165320"), ("CONFIRM", "UP")])
            {
                using var answer = await http.OrderAsync(HttpMethod.Get, connid, command, value);
                (await answer.Content.ReadAsStringAsync(CancellationToken.None)).ShouldBe(Programs.Ok, $"{command} of {connid}");
            }
        }
    }
}
