using System.Globalization;
using Ppv.Broker.Tests.Delivery;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests;

/// <summary>
/// Two queues, each with a worker and lines of its own, before one Wizard; and a gateway that knows one queue more than the one before it.
/// </summary>
public sealed class ScaleOutTests(SharedBroker broker) : IAsyncLifetime
{
    private const int Calls = 200;
    private readonly string _first = TestBroker.UniqueQueueName("scale-1");
    private readonly string _second = TestBroker.UniqueQueueName("scale-2");
    private readonly WizardSimulator _wizard = new(new WizardSimulatorOptions { Lines = new(1, 29) });
    private readonly List<IAsyncDisposable> _hosts = [];

    public async ValueTask InitializeAsync() => await _wizard.StartAsync();

    public async ValueTask DisposeAsync()
    {
        for (var i = _hosts.Count - 1; i >= 0; i--) await _hosts[i].DisposeAsync();
        await _wizard.DisposeAsync();
    }

    [Fact]
    public async Task Calls_at_the_same_time_are_spread_over_both_queues_and_each_buys_what_it_asked_for()
    {
        await StartWorkersAsync();
        var gateway = await StartGatewayAsync(_first, _second);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Calls).Select(async n =>
        {
            var call = Call(n);
            await SendOkAsync(gateway, PpvOrder.Event(call, EventOf(n)));
            await SendOkAsync(gateway, PpvOrder.Subscriber(call, SubscriberOf(n)));
            return await ConfirmAsync(gateway, n);
        })).Within();

        Check(outcomes);
        LinesOf(_wizard.Purchases.Select(purchase => purchase.Line)).Distinct().Count().ShouldBe(2, "only one of the queues was used");
    }

    [Fact]
    public async Task Calls_in_progress_go_on_where_they_began_when_a_queue_is_added()
    {
        const int inProgress = 12; // Fewer than the first worker has lines.
        await StartWorkersAsync();
        var before = await StartGatewayAsync(_first);
        for (var n = 0; n < inProgress; n++) await SendOkAsync(before, PpvOrder.Event(Call(n), EventOf(n)));

        var after = await StartGatewayAsync(_first, _second);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, inProgress).Select(async n =>
        {
            await SendOkAsync(after, PpvOrder.Subscriber(Call(n), SubscriberOf(n)));
            return await ConfirmAsync(after, n);
        })).Within();

        Check(outcomes);
        LinesOf(_wizard.Requests.Select(request => request.Line)).ShouldAllBe(isFirst => isFirst, "a call in progress was moved");
        after.Log.Snapshot().Count(entry => entry.EventId.Id == 1150).ShouldBeGreaterThan(
            0, "no call would have been moved, so nothing was tested");

        // New calls use both queues, and what became of an order is found on either.
        var replies = new List<GatewayReply>();
        for (var n = inProgress; n < 3 * inProgress; n++)
        {
            await SendOkAsync(after, PpvOrder.Event(Call(n), EventOf(n)));
            await SendOkAsync(after, PpvOrder.Subscriber(Call(n), SubscriberOf(n)));
            replies.AddRange((await ConfirmAsync(after, n)).Confirms);
        }

        LinesOf(_wizard.Purchases.Skip(inProgress).Select(purchase => purchase.Line)).Distinct().Count().ShouldBe(2);
        foreach (var reply in replies) (await after.StatusAsync(reply.OrderId!)).ShouldBe(PpvOrderState.Completed);
    }

    [Fact]
    public async Task A_repeated_confirm_gets_the_first_ones_answer_from_the_queue_where_it_was_bought()
    {
        await StartWorkersAsync();
        var before = await StartGatewayAsync(_first);
        for (var n = 0; n < 12; n++)
        {
            await SendOkAsync(before, PpvOrder.Event(Call(n), EventOf(n)));
            await SendOkAsync(before, PpvOrder.Subscriber(Call(n), SubscriberOf(n)));
            await SendOkAsync(before, PpvOrder.Confirm(Call(n)));
        }

        var after = await StartGatewayAsync(_first, _second);
        for (var n = 0; n < 12; n++) await SendOkAsync(after, PpvOrder.Confirm(Call(n)));

        _wizard.Purchases.Count.ShouldBe(12);
    }

    private static ConnectionId Call(int n) => ConnectionId.Parse((0x0127032d64a90000 + n).ToString("x16", CultureInfo.InvariantCulture));

    private static string EventOf(int n) => $"{100_000 + n}";

    private static string SubscriberOf(int n) => $"{5_000_000 + n}";

    /// <summary>Whether each line is the first worker's.</summary>
    private static List<bool> LinesOf(IEnumerable<LineNumber> lines) => [.. lines.Select(line => line.Value <= 14)];

    private static async Task SendOkAsync(GatewayHost gateway, PpvOrder order)
    {
        var reply = await gateway.SendAsync(order);
        reply.Body.ShouldBe(GatewayReply.Ok, $"{order.Command}: {reply.Reason}");
    }

    private static async Task<CallOutcome> ConfirmAsync(GatewayHost gateway, int n) =>
        new(Call(n).ToString(), EventOf(n), SubscriberOf(n), [await gateway.SendAsync(PpvOrder.Confirm(Call(n)))]);

    private void Check(IReadOnlyList<CallOutcome> calls)
    {
        var check = new PurchaseCheck(_wizard.Purchases, calls);
        check.Crossed.ShouldBeEmpty();
        check.Twice.ShouldBeEmpty();
        check.Lost.ShouldBeEmpty();
        check.BoughtWithoutOk.ShouldBeEmpty();
        check.ToldOk.ShouldBe(calls.Count);
    }

    private async Task StartWorkersAsync()
    {
        foreach (var (queue, first, last) in ((string, int, int)[])[(_first, 1, 14), (_second, 15, 29)])
        {
            var worker = await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                options.Rpc.Queue = queue;
                options.Rpc.Prefetch = 2 * Calls; // Calls that wait for a line must not keep out the commands of those that have one.
                (options.Server.FirstLine, options.Server.LastLine) = (first, last);
                (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", _wizard.Port);
            });
            _hosts.Add(worker);
            await worker.ReadyAsync();
        }
    }

    private async Task<GatewayHost> StartGatewayAsync(params string[] queues)
    {
        var gateway = await GatewayHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queues = [.. queues.Select(queue => new QueueRoute { Name = queue })];
        });
        _hosts.Add(gateway);
        await gateway.ReadyAsync();
        return gateway;
    }
}
