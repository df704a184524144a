using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;
using Ppv.Protocol.Telemetry;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>What is counted, measured and observed of gateway and worker while a call goes through.</summary>
[Collection(TelemetryAlone.Name)]
public sealed class MetricsTests : IDisposable
{
    private static readonly ConnectionId Call = ConnectionId.Parse("012703395c597610");
    private readonly MeasurementCollector _measured = new();

    public void Dispose() => _measured.Dispose();

    /// <summary>So that the first one is growth.</summary>
    private const string Beginning = "0 rpc.method=CONFIRM ppv.outcome=Unknown ppv.code=";

    [Fact]
    public async Task A_call_is_measured_at_each_of_its_stations()
    {
        await using var host = await PpvTestHost.StartAsync();
        using var http = host.CreateHttpClient();
        foreach (var command in (PpvCommand[])[PpvCommand.Event("262193"), PpvCommand.Subscriber("85165320"), PpvCommand.Confirm])
            await PlaceAsync(http, command);

        string[] methods = ["EV", "EN", "CONFIRM"];
        foreach (var counter in (string[])[TelemetryNames.GatewayOrders, TelemetryNames.WorkerOrders])
            _measured.Of(counter, "rpc.method", "ppv.outcome", "ppv.code").Except([Beginning])
                .ShouldBe(methods.Select(method => $"1 rpc.method={method} ppv.outcome=Completed ppv.code=OK"));
        _measured.TagsOf(TelemetryNames.ClientCallDuration).ShouldBe(methods.Select(
            method => $"rpc.method={method} rpc.system.name=ppv server.address=localhost server.port=5672"));
        _measured.TagsOf(TelemetryNames.ServerCallDuration).ShouldBe(methods.Select(method => $"rpc.method={method} rpc.system.name=ppv"));
        _measured.TagsOf(TelemetryNames.QueueWaitDuration).ShouldBe(methods.Select(_ => "messaging.destination.name=prod.ppv.kfs"));
        _measured.TagsOf(TelemetryNames.LineWaitDuration).ShouldBe(methods.Select(method => $"rpc.method={method}"));
        _measured.TagsOf(TelemetryNames.ExchangeDuration).ShouldBe(methods.Select(method => $"rpc.method={method}"));
        _measured.Of(TelemetryNames.Duplicates).ShouldBeEmpty();
    }

    [Fact]
    public async Task Errors_and_repeats_are_told_apart()
    {
        await using var host = await PpvTestHost.StartAsync();
        using var http = host.CreateHttpClient();
        await PlaceAsync(http, PpvCommand.Confirm);
        using (await http.PostAsync("/api/v1/ppv", new StringContent("no order"))) { }
        host.Wizard.Script = _ => WizardBehavior.Normal with { ReplyText = "<script>" };
        await PlaceAsync(http, PpvCommand.Event("262193"), "one-id");
        await PlaceAsync(http, PpvCommand.Event("262193"), "one-id");

        _measured.Of(TelemetryNames.GatewayOrders, "rpc.method", "ppv.outcome", "ppv.code").ShouldBe(
            [
                Beginning,
                "1 rpc.method=CONFIRM ppv.outcome=NotExecuted ppv.code=ER998",
                "1 rpc.method= ppv.outcome=NotExecuted ppv.code=ER996",
                "1 rpc.method=EV ppv.outcome=Completed ppv.code=_OTHER",
                "1 rpc.method=EV ppv.outcome=Completed ppv.code=_OTHER",
            ]);
        _measured.Of(TelemetryNames.ClientCallDuration, "rpc.method", "error.type").Select(text => text[text.IndexOf(' ')..])
            .First().ShouldBe(" rpc.method=CONFIRM error.type=not_executed");
        _measured.Of(TelemetryNames.Duplicates, "rpc.method").ShouldBe(["1 rpc.method=EV"]);
    }

    /// <summary>Each value of a tag is a series that monitoring keeps: a stranger on the queue must not make them.</summary>
    [Fact]
    public async Task What_a_stranger_writes_as_the_type_of_a_message_is_no_tag()
    {
        await using var host = await PpvTestHost.StartAsync(options => options.RunGateway = false);
        await using var stranger = new RpcClient(
            host.Services.GetRequiredService<IBrokerDialer>(), new BrokerOptions(), new RpcOptions(), null, null);

        var reply = await stranger.SendAsync(RpcRequest.Create("no order"u8.ToArray()) with { Type = "made-up-4711", Method = "STRANGE" });

        reply.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        _measured.TagsOf(TelemetryNames.ServerCallDuration).ShouldBe(["error.type=not_executed rpc.system.name=ppv"]);
    }

    [Fact]
    public async Task What_is_in_use_now_is_observed_and_goes_when_it_ends()
    {
        string[] names = [TelemetryNames.BusyLines, TelemetryNames.Leases, TelemetryNames.Lines, TelemetryNames.PendingCount,
            TelemetryNames.ActiveHost];
        var before = names.Select(_measured.Observe).ToArray();
        await using (var host = await PpvTestHost.StartAsync())
        {
            host.Wizard.Script = _ => WizardBehavior.Normal with { Stall = true };
            using var limit = new CancellationTokenSource(Hang.Limit);
            var waiting = host.Client.SendAsync(new PpvOrder(Call, PpvCommand.Event("262193")));
            await host.Wizard.WaitForRequestsAsync(1, limit.Token);

            names.Select(_measured.Observe).Zip(before, (now, then) => now - then).ShouldBe([1, 1, 29, 1, 2]);
            (await waiting).Outcome.ShouldBe(RpcOutcome.Unknown);
            names.Take(1).Select(_measured.Observe).ShouldBe(before.Take(1));
            _measured.Observe(TelemetryNames.PendingCount).ShouldBe(before[3]);
        }

        names.Select(_measured.Observe).ShouldBe(before);
    }

    [Fact]
    public void Codes_are_labels_only_as_long_as_they_are_few_and_plain()
    {
        var codes = new CodeLabels(5);
        codes.Of("ER444").ShouldBe("ER444");
        foreach (var strange in (string[])["", "NO CREDIT", "a\"b", new string('A', 17), "ÄÖ"])
            codes.Of(strange).ShouldBe("_OTHER", strange);
        for (var i = 1; i < 5; i++) codes.Of($"ER{i}").ShouldBe($"ER{i}");
        codes.Of("ONEMORE").ShouldBe("_OTHER");
        codes.Of("ER444").ShouldBe("ER444");
    }

    private static async Task PlaceAsync(HttpClient http, PpvCommand command, string? orderId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/ppv")
        {
            Content = new ByteArrayContent(OrderJson.ToRequestBytes(new PpvOrder(Call, command))),
        };
        if (orderId is not null) request.Headers.Add("X-Ppv-Order-Id", orderId);
        using var response = await http.SendAsync(request);
    }
}
