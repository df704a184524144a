using System.Text;
using System.Text.RegularExpressions;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// A request that its caller, or a proxy, sends to another gateway under the order id that it had: one order, one purchase, one answer.
/// </summary>
public sealed partial class SentAgainTests(SharedBroker broker)
{
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");
    /// <summary>From then on the worker's record covers ids that say when they were made, for their clocks may be a second apart.</summary>
    private static readonly TimeSpan CoveredAfter = TimeSpan.FromSeconds(1.1);

    private readonly string _queue = TestBroker.UniqueQueueName("again");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_gateway_killed_between_publishing_and_answering_costs_neither_a_second_purchase_nor_the_answer(bool isStillRunning)
    {
        // Wizard's answer is held until this clock is moved.
        var clock = new TestClock();
        await using var wizard = new WizardSimulator(new WizardSimulatorOptions(), clock);
        await wizard.StartAsync();
        await using var worker = await WorkerHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
            options.Wizard.Port = wizard.Port;
        });
        await worker.ReadyAsync();
        var led = TimeProvider.System.GetTimestamp();
        await using var dying = SampleProgram.Start("Gateway", "ppv-gateway",
            "--urls", "http://127.0.0.1:0",
            $"--Ppv:Broker:Hosts:0={broker.Address.HostAndPort}",
            $"--Ppv:Broker:UserName={broker.Address.UserName}",
            $"--Ppv:Broker:Password={broker.Address.Password}",
            $"--Ppv:Broker:VirtualHost={broker.Address.VirtualHost}",
            $"--Ppv:Rpc:Queue={_queue}");
        await dying.PrintedAsync("ready.");
        await dying.PrintedAsync("Now listening on: ");
        await using var other = await GatewayHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
        });
        await other.ReadyAsync();
        foreach (var order in (PpvOrder[])[PpvOrder.Event(Call, "262193"), PpvOrder.Subscriber(Call, "85165320")])
            (await other.SendAsync(order)).Body.ShouldBe(GatewayReply.Ok);
        wizard.Script = _ => WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(5) };
        var confirm = Encoding.UTF8.GetString(OrderJson.ToRequestBytes(PpvOrder.Confirm(Call), OrderJsonStyle.Python));

        var early = CoveredAfter - TimeProvider.System.GetElapsedTime(led);
        if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
        var orderId = $"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}-mine";
        using var http = new HttpClient { BaseAddress = new Uri(Listening().Match(dying.Output).Groups[1].Value), Timeout = Bounds.Limit };
        using var request = new HttpRequestMessage(
            HttpMethod.Get, "/api/v1/ppv") { Content = new StringContent(confirm), Headers = { { "X-Ppv-Order-Id", orderId } } };
        var lost = http.SendAsync(request);
        await wizard.WaitForPurchasesAsync(1, Bounds.Token);
        dying.Kill();
        await Should.ThrowAsync<HttpRequestException>(lost);
        if (!isStillRunning)
        {
            await UntilAsync(worker.Log.WaitForAsync(entry => entry.Message.Contains(
                orderId, StringComparison.Ordinal) && entry.Message.Contains("OK", StringComparison.Ordinal), Bounds.Limit),
                clock);
        }

        var again = other.SendAsync(confirm, orderId: orderId);
        if (isStillRunning)
        {
            (await other.StatusAsync(orderId)).ShouldBe(PpvOrderState.Unknown);
            await UntilAsync(again, clock);
        }

        var reply = await again.Within();
        (reply.Body, reply.Outcome, reply.OrderId).ShouldBe((GatewayReply.Ok, "Completed", orderId));
        (await other.StatusAsync(orderId)).ShouldBe(PpvOrderState.Completed);
        wizard.Requests.Count(asked => asked.Command == PpvCommand.Confirm).ShouldBe(1);
        var purchase = wizard.Purchases.ShouldHaveSingleItem();
        (purchase.Event, purchase.Subscriber).ShouldBe(("262193", "85165320"));
    }

    /// <summary>Moves Wizard's clock until something has ended; Wizard may begin to wait only after the first move.</summary>
    private static async Task UntilAsync(Task end, TestClock clock)
    {
        do clock.Advance(TimeSpan.FromSeconds(5));
        while (await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System)) != end);
        await end;
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
