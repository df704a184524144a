using System.Text;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests;

/// <summary>Whole calls from HTTP to Wizard and back, over a real RabbitMQ.</summary>
public class CallTests(SharedBroker broker)
{
    private readonly string _queue = TestBroker.UniqueQueueName("call");

    [Fact]
    public async Task One_call_in_each_form_of_the_contract_is_booked_once_and_as_asked_for()
    {
        await using var worker = await StartWorkerAsync();
        await using var gateway = await StartGatewayAsync();
        var calls = 0;

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            foreach (var style in (OrderJsonStyle[])[OrderJsonStyle.Python, OrderJsonStyle.Json])
            {
                var connid = ConnectionId.Parse($"0127032d64a9473{++calls}");
                PpvOrder[] orders =
                    [PpvOrder.Event(connid, $"10{calls}"), PpvOrder.Subscriber(connid, $"20{calls}"), PpvOrder.Confirm(connid)];
                foreach (var order in orders)
                {
                    var reply = await gateway.SendAsync(order, method, style);
                    (reply.Status, reply.Body, reply.ContentType, reply.Outcome, reply.Reason).ShouldBe(
                        (200, GatewayReply.Ok, "application/json", "Completed", null));
                    reply.OrderId.ShouldNotBeNullOrEmpty();
                }
            }
        }

        worker.Wizard.Purchases.Select(purchase => (purchase.Event, purchase.Subscriber))
            .ShouldBe([("101", "201"), ("102", "202"), ("103", "203"), ("104", "204")]);
    }

    [Fact]
    public async Task Slow_lines_work_side_by_side_and_one_line_takes_one_command_at_a_time()
    {
        // With the old formula two calls share each line; with leases the second one would wait for the first call's end.
        await using var worker = await WorkerHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
            options.Server.LineAllocation = LineAllocation.Modulo;
        });
        var open = new Dictionary<LineNumber, int>();
        var most = 0;
        var atOnce = 0;
        worker.Wizard.Script = request =>
        {
            lock (open)
            {
                open[request.Line] = open.GetValueOrDefault(request.Line) + 1;
                open[request.Line].ShouldBe(1, $"line {request.Line} got a command while another was under way");
                most = Math.Max(most, ++atOnce);
            }

            return WizardBehavior.Normal with { Delay = TimeSpan.FromMilliseconds(50) };
        };
        worker.Wizard.RequestHandled = answer =>
        {
            lock (open)
            {
                open[answer.Request.Line]--;
                atOnce--;
            }
        };
        await using var gateway = await StartGatewayAsync();
        await gateway.ReadyAsync();

        // 58 orders on 29 lines, two for each.
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 58).Select(n => gateway.SendAsync(PpvOrder.Event(ConnectionId.Parse($"{n:x}"), "1")))).Within();

        replies.ShouldAllBe(reply => reply.Body == GatewayReply.Ok);
        most.ShouldBeGreaterThan(10);
        worker.Wizard.Requests.GroupBy(request => request.Line).ShouldAllBe(line => line.Count() == 2);
    }

    [Fact]
    public async Task An_integrator_needs_the_client_only()
    {
        await using var worker = await StartWorkerAsync();
        var options = new PpvClientOptions();
        broker.Address.ApplyTo(options.Broker);
        options.Rpc.Queue = _queue;
        await using var client = new PpvClient(options);
        var connid = ConnectionId.Parse("0128031c21578752");

        var order = PpvOrder.Event(connid, "553403");
        var result = await client.SendAsync(order, Bounds.Token);

        result.ShouldBe(new PpvResult(order.Id, RpcOutcome.Completed, "OK", null));
        Encoding.ASCII.GetString(worker.Wizard.Requests.ShouldHaveSingleItem().Raw.Span).ShouldBe("A008EV553403              \r");
    }

    [Fact]
    public async Task Whatever_wizard_says_reaches_the_caller()
    {
        await using var worker = await StartWorkerAsync();
        worker.Wizard.Script = _ => WizardBehavior.Normal with { ReplyText = "NO \"CREDIT\" <7>", SplitReply = true };
        await using var gateway = await StartGatewayAsync();

        var reply = await gateway.SendAsync(PpvOrder.Event(ConnectionId.Parse("01"), "1"));

        reply.Body.ShouldBe("""{"callresult":"NO \"CREDIT\" <7>"}""");
        reply.Outcome.ShouldBe("Completed");
    }

    private Task<WorkerHost> StartWorkerAsync() =>
        WorkerHost.StartAsync(options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });

    private Task<GatewayHost> StartGatewayAsync() =>
        GatewayHost.StartAsync(options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });
}
