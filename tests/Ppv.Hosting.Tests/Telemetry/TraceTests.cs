using System.Diagnostics;
using System.Net.Http.Headers;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>One trace goes from the caller over the gateway, the queue and the worker to Wizard.</summary>
[Collection(TelemetryAlone.Name)]
public sealed class TraceTests : IDisposable
{
    private readonly SpanCollector _spans = new();
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _caller = ActivitySpanId.CreateRandom();

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task An_order_is_one_trace_down_to_Wizard()
    {
        await using var host = await PpvTestHost.StartAsync();
        await PlaceAsync(host, PpvCommand.Event("262193"));

        var spans = await _spans.WaitAsync(_trace, 6);
        var client = spans.Single(span => span is { Source.Name: PpvTelemetry.Rpc, Kind: ActivityKind.Client });
        var server = spans.Single(span => span is { Source.Name: PpvTelemetry.Rpc, Kind: ActivityKind.Server });
        var queueWait = spans.Single(span => span.DisplayName == "queue wait");
        var lineWait = spans.Single(span => span.DisplayName == "line wait");
        var wizard = spans.Single(span => span.Source.Name == PpvTelemetry.Protocol);
        var http = spans.Single(span => span.Source.Name == "Microsoft.AspNetCore");
        spans.Count.ShouldBe(6);

        (client.DisplayName, server.DisplayName, wizard.DisplayName).ShouldBe(("EV", "EV", "Wizard EV"));
        (http.ParentSpanId, client.ParentSpanId).ShouldBe((_caller, http.SpanId));
        (server.ParentSpanId, queueWait.ParentSpanId).ShouldBe((client.SpanId, client.SpanId));
        (lineWait.ParentSpanId, wizard.ParentSpanId).ShouldBe((server.SpanId, server.SpanId));
        server.HasRemoteParent.ShouldBeTrue();
        foreach (var span in (Activity[])[client, server])
        {
            Tag(span, "rpc.method").ShouldBe("EV");
            Tag(span, "messaging.destination.name").ShouldBe("prod.ppv.kfs");
            Tag(span, "ppv.outcome").ShouldBe("Completed");
            span.Status.ShouldBe(ActivityStatusCode.Unset);
        }

        Tag(client, "messaging.message.id").ShouldBe(Tag(server, "messaging.message.id"));
        (Tag(client, "server.address"), Tag(client, "server.port")).ShouldBe(("localhost", 5672));
        (Tag(wizard, "server.address"), Tag(wizard, "server.port")).ShouldBe(("127.0.0.1", host.Wizard.Port));
        Tag(wizard, "ppv.line").ShouldBe("016");
        Tag(lineWait, "ppv.line").ShouldBe("016");
        queueWait.StartTimeUtc.ShouldBeInRange(client.StartTimeUtc.AddMilliseconds(-5), server.StartTimeUtc.AddMilliseconds(5));
        spans.SelectMany(span => span.TagObjects).ShouldNotContain(tag => tag.Value is string && ((string)tag.Value).Contains("262193"));
    }

    [Fact]
    public async Task What_went_wrong_stands_in_each_span_that_knows_it()
    {
        await using var host = await PpvTestHost.StartAsync();
        host.Wizard.Script = _ => WizardBehavior.Normal with { ResetBeforeBooking = true };

        await PlaceAsync(host, PpvCommand.Event("262193"));

        var spans = await _spans.WaitAsync(_trace, 6);
        var failed = spans.Where(span => span.Status == ActivityStatusCode.Error).ToList();
        failed.Select(span => (span.Source.Name, span.Kind, Tag(span, "error.type"))).ShouldBe(
            [
                (PpvTelemetry.Protocol, ActivityKind.Client, "maybe_sent"),
                (PpvTelemetry.Rpc, ActivityKind.Server, "unknown"),
                (PpvTelemetry.Rpc, ActivityKind.Client, "unknown"),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_confirm_that_is_not_executed_says_so_and_never_reaches_Wizard()
    {
        await using var host = await PpvTestHost.StartAsync();

        await PlaceAsync(host, PpvCommand.Confirm);

        var spans = await _spans.WaitAsync(_trace, 5);
        spans.ShouldNotContain(span => span.Source.Name == PpvTelemetry.Protocol);
        foreach (var span in spans.Where(span => span.DisplayName == "CONFIRM")) Tag(span, "error.type").ShouldBe("not_executed");
    }

    private static object? Tag(Activity span, string name) => span.GetTagItem(name);

    private async Task PlaceAsync(PpvTestHost host, PpvCommand command)
    {
        using var http = host.CreateHttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/ppv")
        {
            Content = new ByteArrayContent(OrderJson.ToRequestBytes(new PpvOrder(ConnectionId.Parse("012703395c597610"), command))),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("traceparent", $"00-{_trace}-{_caller}-01");
        using var response = await http.SendAsync(request);
    }
}
