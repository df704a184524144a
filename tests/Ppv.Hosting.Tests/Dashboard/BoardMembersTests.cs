using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Hosting.Tests;

/// <summary>What a board shows of the other programs on the bus.</summary>
public class BoardMembersTests
{
    [Fact]
    public async Task A_workers_board_shows_the_gateway_its_figures_and_that_it_is_gone()
    {
        await using var worker = await BoardApp.StartAsync(withGateway: false);
        await using (var gateway = await BoardApp.StartAsync(withWorker: false, sharedBroker: worker.Broker))
        {
            using var body = new StringContent("""{"content":{"connid":"1","EV":"262193"}}""");
            using (var answer = await gateway.Http.PostAsync(GatewayApp.Path, body)) answer.EnsureSuccessStatusCode();

            // A busy program may miss one of the looks.
            await worker.UntilAsync(state =>
                Orders(state, "gateway") == 1 && Members(state).SequenceEqual(["gateway True False", "worker True True"]));
            var state = await gateway.UntilAsync(state =>
                Orders(state, "wizard") == 1 && Members(state).SequenceEqual(["gateway True True", "worker True False"]));
            Orders(state, "broker").ShouldBe(1);
            state.GetProperty("lines").GetArrayLength().ShouldBe(0);
        }

        await worker.UntilAsync(state => Members(state).SequenceEqual(["gateway False False", "worker True True"]));
    }

    [Fact]
    public async Task A_worker_that_is_gone_without_a_word_degrades_the_gateways_board()
    {
        await using var gateway = await BoardApp.StartAsync(withWorker: false);
        await using (var worker = await BoardApp.StartAsync(withGateway: false, sharedBroker: gateway.Broker))
            await gateway.UntilAsync(state => Members(state).SequenceEqual(["gateway True True", "worker True False"]));

        await gateway.UntilAsync(state => state.GetProperty("verdict").GetProperty("reasons").EnumerateArray()
            .Any(reason => reason.GetString()!.Contains("died or was stopped. It has not answered since", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_shares_no_queue_with_a_program_is_not_on_its_board()
    {
        await using var worker = await BoardApp.StartAsync(withGateway: false);
        await using var stranger = await BoardApp.StartAsync(
            withGateway: false, sharedBroker: worker.Broker, worker: options => options.Rpc.Queue = "prod.ppv.bs");
        var (server, strange) = (worker.Services.GetRequiredService<RpcServer>(), stranger.Services.GetRequiredService<RpcServer>());
        while (!await IsSeenAsync(server, strange.Instance))
        {
            // Its connection is about to be in use.
        }

        await using var gateway = await BoardApp.StartAsync(withWorker: false, sharedBroker: worker.Broker);
        Members(await worker.UntilAsync(state => Members(state).Count() > 1)).ShouldBe(["gateway True False", "worker True True"]);
    }

    [Fact]
    public async Task One_program_with_both_counts_each_order_once()
    {
        await using var app = await BoardApp.StartAsync();
        (await app.Services.GetRequiredService<IPpvClient>().SendAsync(PpvOrder.Event(ConnectionId.Parse("1"), "1"))).Code
            .ShouldBe("OK");
        var state = await app.UntilAsync(state => Members(state).SequenceEqual(["gateway True True", "worker True True"]));
        Orders(state, "worker").ShouldBe(1);
    }

    private static async Task<bool> IsSeenAsync(RpcServer server, Guid instance)
    {
        try
        {
            return (await server.AskPresenceAsync(TimeSpan.FromSeconds(1), default, [instance])).Any(report => report.Instance == instance);
        }
        catch (BrokerException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            return false; // The own connection is not in use yet, either.
        }
    }

    private static IEnumerable<string> Members(JsonElement state) => state.GetProperty("members").EnumerateArray().Select(member =>
        $"{member.GetProperty("role")} {member.GetProperty("isAlive")} {member.GetProperty("isSelf")}").Order();

    private static long Orders(JsonElement state, string name) => state.GetProperty("path").EnumerateArray()
        .Single(hop => hop.GetProperty("name").GetString() == name).GetProperty("latest").GetProperty("orders").GetInt64();
}
