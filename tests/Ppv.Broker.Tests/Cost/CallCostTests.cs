using Ppv.Benchmarks.Report;

namespace Ppv.Broker.Tests.Cost;

/// <summary>
/// A call allocates no more than is recorded. Time is not asserted, since it is the machine's; bytes are the same everywhere.
/// </summary>
public sealed class CallCostTests(SharedBroker broker) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-cost-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_call_allocates_no_more_than_is_recorded()
    {
        var address = broker.Address;
        var uri = $"amqp://{address.UserName}:{address.Password}@{address.HostAndPort}/{Uri.EscapeDataString(address.VirtualHost)}";
        var measured = Path.Combine(_folder.FullName, "cost.json");
        // In a process of its own: what is counted is all that a process allocates, and other tests run in this one.
        await using var program = SampleProgram.StartIn("tests/Ppv.Benchmarks", "Ppv.Benchmarks", "cost", uri, "--json", measured);

        // 1 says that it is more than is to be reached one day, which is not asked here.
        (await program.ExitCodeAsync()).ShouldBeInRange(0, 1, program.Output);

        var recorded = Recorded.Read(RepositoryPaths.PathTo("tests", "Ppv.Benchmarks", "recorded.json"));
        recorded.BytesPerCall.Keys.ShouldBe(["1", "32"]);
        recorded.Complaints(FigureReport.Read(measured).Figures).ShouldBeEmpty();
    }
}
