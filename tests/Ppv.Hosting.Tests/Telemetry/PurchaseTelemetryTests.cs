using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Protocol;
using Ppv.Protocol.Telemetry;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>A purchase is one trace, with its key and how it ended, and is counted by that.</summary>
[Collection(TelemetryAlone.Name)]
public sealed class PurchaseTelemetryTests : IDisposable
{
    private static readonly ConnectionId Call = ConnectionId.Parse("012703395c597610");
    private readonly MeasurementCollector _measured = new();
    private readonly SpanCollector _spans = new();

    public void Dispose()
    {
        _spans.Dispose();
        _measured.Dispose();
    }

    [Fact]
    public async Task Its_three_orders_are_below_one_span_where_nobody_else_traces()
    {
        await using var host = await PpvTestHost.StartAsync();
        Activity.Current = null;

        (await host.Client.PurchaseAsync(Call, "262193", "85165320", "cart-7")).IsBought.ShouldBeTrue();

        var purchase = _spans.All.Single(span => span.OperationName == TelemetryNames.Purchase);
        purchase.GetTagItem(TelemetryNames.PurchaseKey).ShouldBe("cart-7");
        purchase.GetTagItem(TelemetryNames.Outcome).ShouldBe("Completed");
        purchase.GetTagItem(TelemetryNames.ErrorType).ShouldBeNull();
        purchase.Parent.ShouldBeNull();
        _spans.Of(purchase.TraceId).Where(span => span.ParentSpanId == purchase.SpanId).Select(span => span.OperationName)
            .ShouldBe(["EV", "EN", "CONFIRM"]);
        _measured.TagsOf(TelemetryNames.Purchases).ShouldBe(["ppv.outcome=Completed"]);
    }

    [Fact]
    public async Task How_it_ended_is_told_apart()
    {
        await using var host = await PpvTestHost.StartAsync();
        host.Wizard.Script = request => request.Command?.Kind == PpvCommandKind.Subscriber
            ? WizardBehavior.Normal with { ReplyText = "NO" }
            : WizardBehavior.Normal;
        await host.Client.PurchaseAsync(Call, "262193", "85165320");
        host.Wizard.Script = request => request.Command == PpvCommand.Confirm
            ? WizardBehavior.Normal with { ResetAfterBooking = true }
            : WizardBehavior.Normal;
        await host.Client.PurchaseAsync(Call, "262193", "85165320");
        host.Wizard.Script = request => request.Command == PpvCommand.Confirm
            ? WizardBehavior.Normal with { ReplyText = "NO" }
            : WizardBehavior.Normal;
        await host.Client.PurchaseAsync(ConnectionId.Parse("02"), "262193", "85165320");

        _measured.TagsOf(TelemetryNames.Purchases).ShouldBe(
            ["error.type=not_executed ppv.outcome=NotExecuted", "error.type=unknown ppv.outcome=Unknown",
                "error.type=refused ppv.outcome=Completed"]);
    }

    [Fact]
    public async Task A_client_with_a_name_has_it_in_all_that_is_measured_and_traced()
    {
        await using var host = await PpvTestHost.StartAsync();
        var services = new ServiceCollection();
        services.AddPpvClient("kfs").UseInMemoryBroker("kfs", host.Broker);
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredKeyedService<IPpvClient>("kfs");
        (await client.PurchaseAsync(Call, "262193", "85165320")).IsBought.ShouldBeTrue();

        _measured.TagsOf(TelemetryNames.Purchases).ShouldBe(["ppv.client=kfs ppv.outcome=Completed"]);
        _measured.TagsOf(TelemetryNames.ClientCallDuration).ShouldAllBe(tags => tags.Contains("ppv.client=kfs", StringComparison.Ordinal));
        _measured.Observe(TelemetryNames.ActiveHost);
        _measured.TagsOf(TelemetryNames.ActiveHost).ShouldContain(tags => tags.Contains("ppv.client=kfs", StringComparison.Ordinal));
        _spans.All.Where(span => span.Kind == ActivityKind.Client && span.Source.Name == PpvTelemetry.Rpc)
            .ShouldAllBe(span => "kfs".Equals(span.GetTagItem(TelemetryNames.Client)));
    }

    [Fact]
    public async Task Two_sites_have_brokers_of_their_own_and_the_last_call_for_a_name_counts()
    {
        await using var kfs = await PpvTestHost.StartAsync();
        await using var bs = await PpvTestHost.StartAsync();
        var services = new ServiceCollection();
        services.UseInMemoryBroker("kfs", bs.Broker).AddPpvClient("kfs").AddPpvClient("bs")
            .UseInMemoryBroker("kfs", kfs.Broker).UseInMemoryBroker("bs", bs.Broker);
        await using var provider = services.BuildServiceProvider();

        (await provider.GetRequiredKeyedService<IPpvClient>("kfs").PurchaseAsync(Call, "1", "85165320")).IsBought.ShouldBeTrue();
        (await provider.GetRequiredKeyedService<IPpvClient>("bs").PurchaseAsync(Call, "2", "85165320")).IsBought.ShouldBeTrue();

        kfs.Wizard.Purchases.ShouldHaveSingleItem().Event.ShouldBe("1");
        bs.Wizard.Purchases.ShouldHaveSingleItem().Event.ShouldBe("2");
    }
}
