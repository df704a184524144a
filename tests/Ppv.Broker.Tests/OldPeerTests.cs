using System.Diagnostics;
using System.Text;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Rpc;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests;

/// <summary>A fleet may run old and new parts on one queue in any mix (contract, first lines).</summary>
public class OldPeerTests(SharedBroker broker)
{
    private static readonly ConnectionId Connid = ConnectionId.Parse("012703395c597610");
    private readonly string _queue = TestBroker.UniqueQueueName("old");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Our_worker_serves_an_old_gateway(bool directReplyTo)
    {
        await using var worker =
            await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Rpc.QueueKind) = (_queue, QueueKind.LegacyTransient);
            });
        await worker.ReadyAsync();
        await using var gateway = await OldGateway.StartAsync(broker.Address, _queue, directReplyTo);

        foreach (var command in (string[])["'EV': '262193'", "'EN': '85165320'", "'CONFIRM': 'UP'"])
        {
            var correlationId = Guid.NewGuid().ToString();
            var reply = await gateway.SendAsync($"{{'connid': '012703395c597610', {command}}}", correlationId);

            reply.Body.ShouldBe("OK\r");
            reply.Properties.CorrelationId.ShouldBe(correlationId);
            reply.Properties.IsHeadersPresent().ShouldBeFalse();
            reply.Properties.IsMessageIdPresent().ShouldBeFalse();
            reply.Properties.IsContentTypePresent().ShouldBeFalse();
            reply.Properties.IsExpirationPresent().ShouldBeFalse();
            reply.Properties.IsReplyToPresent().ShouldBeFalse();
        }

        worker.Wizard.Requests.Select(request => Encoding.ASCII.GetString(request.Raw.Span))
            .ShouldBe(["A016EV262193              \r", "A016EN85165320            \r", "A016UP\r"]);
        var purchase = worker.Wizard.Purchases.ShouldHaveSingleItem();
        (purchase.Event, purchase.Subscriber).ShouldBe(("262193", "85165320"));
    }

    [Fact]
    public async Task With_traces_on_an_old_gateway_gets_the_same_bytes_and_our_workers_requests_carry_the_trace()
    {
        using var spans = new OurSpans();
        await using var worker =
            await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Rpc.QueueKind) = (_queue, QueueKind.LegacyTransient);
            });
        await worker.ReadyAsync();
        await using var old = await OldGateway.StartAsync(broker.Address, _queue);
        var trace = ActivityTraceId.CreateRandom();

        var reply = await old.SendAsync("{'connid': '012703395c597610', 'EV': '262193'}", change: properties =>
            properties.Headers = new Dictionary<string, object?>
            {
                ["traceparent"] = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01", ["tracestate"] = "ppv=1",
            });

        reply.Body.ShouldBe("OK\r");
        reply.Properties.IsHeadersPresent().ShouldBeFalse();
        reply.Properties.IsMessageIdPresent().ShouldBeFalse();
        reply.Properties.IsContentTypePresent().ShouldBeFalse();
        await spans.WaitAsync(trace, 3); // So that it was traced: server, line wait, Wizard.
    }

    [Fact]
    public async Task One_trace_goes_over_the_broker_and_no_span_has_the_brokers_address_but_the_requests()
    {
        using var spans = new OurSpans();
        await using var worker =
            await WorkerHost.StartAsync(options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });
        await worker.ReadyAsync();
        await using var gateway = await GatewayHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });
        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C);
        caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        caller.Start();

        (await gateway.SendAsync(PpvOrder.Event(Connid, "262193"))).Outcome.ShouldBe("Completed");

        var all = await spans.WaitAsync(caller.TraceId, 5);
        var client = all.Single(span => span is { Source.Name: PpvTelemetry.Rpc, Kind: ActivityKind.Client });
        var server = all.Single(span => span is { Source.Name: PpvTelemetry.Rpc, Kind: ActivityKind.Server });
        var wizard = all.Single(span => span.Source.Name == PpvTelemetry.Protocol);
        server.ParentSpanId.ShouldBe(client.SpanId);
        wizard.GetTagItem("server.port").ShouldBe(worker.Wizard.Port);
        $"{client.GetTagItem("server.address")}:{client.GetTagItem("server.port")}".ShouldBe(broker.Address.HostAndPort);
        // What RabbitMQ.Client writes into a span that is current when it sends a frame.
        all.SelectMany(span => span.TagObjects).ShouldNotContain(tag => tag.Key.StartsWith("network.") || tag.Key.StartsWith("client."));
        caller.TagObjects.ShouldBeEmpty();
    }

    [Fact]
    public async Task Our_gateway_works_with_an_old_worker()
    {
        await using var worker = await OldWorker.StartAsync(
            broker.Address, _queue, order => order.ContainsKey("CONFIRM") ? "NO CREDIT\r" : "OK\r");
        await using var gateway = await GatewayHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });

        var first = await gateway.SendAsync(PpvOrder.Event(Connid, "262193"));
        var last = await gateway.SendAsync(PpvOrder.Confirm(Connid));

        (first.Status, first.Body, first.ContentType, first.Outcome).ShouldBe((200, GatewayReply.Ok, "application/json", "Completed"));
        last.Body.ShouldBe(GatewayReply.With("NO CREDIT"));
        var request = await worker.Requests.Reader.ReadAsync().AsTask().Within();
        request.Order.ShouldBe(new Dictionary<string, string> { ["connid"] = "012703395c597610", ["EV"] = "262193" });
        request.Properties.ContentType.ShouldBe("application/json");
        Guid.TryParse(request.Properties.CorrelationId, out _).ShouldBeTrue();
        request.Properties.ReplyTo.ShouldNotBeNullOrEmpty();
        int.Parse(request.Properties.Expiration!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 30_000);
    }

    [Fact]
    public async Task An_old_workers_bare_code_is_passed_on_and_proves_nothing()
    {
        await using var worker = await OldWorker.StartAsync(broker.Address, _queue, _ => "ER444");
        await using var gateway = await GatewayHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });

        var reply = await gateway.SendAsync(PpvOrder.Confirm(Connid));

        (reply.Status, reply.Body, reply.Outcome).ShouldBe((200, GatewayReply.With("ER444"), "Unknown"));
    }

    [Fact]
    public async Task Old_and_new_workers_share_a_queue()
    {
        await using var old = await OldWorker.StartAsync(broker.Address, _queue, _ => "OLD\r");
        await using var ours =
            await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Server.LineAllocation) = (_queue, LineAllocation.Modulo);
            });
        await ours.ReadyAsync();
        await using var gateway = await GatewayHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });

        var answers = new HashSet<string>();
        for (var call = 0; call < 20; call++) answers.Add((await gateway.SendAsync(PpvOrder.Event(Connid, "262193"))).Body);

        answers.Order().ShouldBe([GatewayReply.Ok, GatewayReply.With("OLD")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_message_that_is_no_order_is_answered_wherever_that_is_possible_and_stops_nothing()
    {
        await using var worker =
            await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Rpc.QueueKind) = (_queue, QueueKind.LegacyTransient);
            });
        await worker.ReadyAsync();
        await using var gateway = await OldGateway.StartAsync(broker.Address, _queue);

        string[] texts =
        [
            "", "hello", "{", "{'connid': '01'}", "{'EV': '1'}", "{'connid': 'xyz', 'EV': '1'}", "{'connid': '01', 'EV': '1\\rA017UP'}",
            "{'connid': '01', 'CONFIRM': 'NO'}", "{'connid': '01', 'EV': '1', 'EN': '2'}", "{'connid': '01', 'DO': '1'}", "\u0000\u0001",
            new string('[', 5000),
        ];
        foreach (var text in texts)
        {
            (await gateway.SendAsync(text)).Body.ShouldBe("ER998", text);
            (await gateway.SendAsync(text, change: properties => properties.ClearCorrelationId())).Body.ShouldBe("ER998", text);
        }

        // Nobody to tell, and properties that no gateway of ours or theirs would set.
        var random = new Random(1);
        for (var n = 0; n < 50; n++)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            await gateway.PostAsync(noise, new BasicProperties
            {
                ReplyTo = n % 2 == 0 ? null : $"gone.{n}",
                CorrelationId = n % 3 == 0 ? null : new string('c', 255),
                MessageId = n % 5 == 0 ? "\u0007\r\n" : null,
                Headers = new Dictionary<string, object?> { ["x-ppv-deadline"] = n % 2 == 0
                    ? long.MaxValue
                    : "tomorrow", ["x-ppv-outcome"] = noise },
            });
        }

        (await gateway.SendAsync("{'connid': '012703395c597610', 'EV': '262193'}")).Body.ShouldBe("OK\r");
        worker.Wizard.Requests.Count.ShouldBe(1);
        using var connection = await broker.Broker.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        (await channel.QueueDeclarePassiveAsync(_queue)).MessageCount.ShouldBe(0u);
    }

    [Theory]
    [InlineData("{'connid': '012703395c597610', 'EV': '262193'}", 1)]
    [InlineData("no order", 0)]
    public async Task An_answer_that_goes_to_the_request_queue_itself_goes_round_no_second_time(string text, int askedOfWizard)
    {
        await using var worker =
            await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Rpc.QueueKind) = (_queue, QueueKind.LegacyTransient);
            });
        await worker.ReadyAsync();
        await using var gateway = await OldGateway.StartAsync(broker.Address, _queue);

        await gateway.PostAsync(Encoding.UTF8.GetBytes(text), new BasicProperties { ReplyTo = _queue, CorrelationId = "c" });

        // The answer comes back as a request that nobody can be told of.
        await worker.Log.WaitForAsync(entry => entry.EventId.Id == 1201, Bounds.Limit);
        (await gateway.SendAsync("no order")).Body.ShouldBe("ER998");
        worker.Log.Snapshot().Count(entry => entry.EventId.Id == 1201).ShouldBe(1);
        worker.Wizard.Requests.Count.ShouldBe(askedOfWizard);
        using var connection = await broker.Broker.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        (await channel.QueueDeclarePassiveAsync(_queue)).MessageCount.ShouldBe(0u);
    }
}
