using System.Text.Json;
using Ppv.Broker.Tests.Delivery;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Presence;

/// <summary>What a gateway's line board shows of a worker in another process, over a real bus.</summary>
public sealed class BoardTests(SharedBroker broker) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ppv-board-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_worker_that_was_killed_is_shown_as_dead_and_its_successor_as_leader()
    {
        var queue = TestBroker.UniqueQueueName("board");
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        await using var worker = new WorkerProcess(broker.Address, queue, wizard.Port, Path.Combine(_folder, "orders.db"));
        await worker.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = queue;
        });
        await gateway.ReadyAsync();
        (await gateway.SendAsync(PpvOrder.Event(ConnectionId.Parse("1"), "262193"))).Body.ShouldBe(GatewayReply.Ok);

        await gateway.BoardAsync(state => Workers(state).SequenceEqual(["leader True"]) && Orders(state, "wizard") == 1);

        await worker.KillAsync();
        var state = await gateway.BoardAsync(state => Workers(state).SequenceEqual(["leader False"]) && Level(state) == "down");
        var reasons = state.GetProperty("verdict").GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!).ToList();
        reasons.ShouldContain(reason => reason.Contains($"No worker takes orders from queue {queue}", StringComparison.Ordinal));
        reasons.ShouldContain(reason => reason.Contains("died or was stopped", StringComparison.Ordinal));

        await worker.StartAsync();
        await gateway.BoardAsync(state => Workers(state).SequenceEqual(["leader True"]) && Level(state) != "down");
    }

    private static IEnumerable<string> Workers(JsonElement state) => state.GetProperty("members").EnumerateArray()
        .Where(member => member.GetProperty("role").GetString() == "worker")
        .Select(member => $"{member.GetProperty("place").GetString()} {member.GetProperty("isAlive")}");

    private static string? Level(JsonElement state) => state.GetProperty("verdict").GetProperty("level").GetString();

    private static long Orders(JsonElement state, string name) => state.GetProperty("path").EnumerateArray()
        .Single(hop => hop.GetProperty("name").GetString() == name).GetProperty("latest").GetProperty("orders").GetInt64();
}
