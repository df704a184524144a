using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>Purchases through client, broker in memory, worker and Wizard: whatever is asked again, one of a key is booked.</summary>
public sealed class PurchaseTests : IAsyncLifetime
{
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");
    private readonly WizardSimulator _wizard = new();
    private IHost _host = null!;

    private IPpvClient Client => _host.Services.GetRequiredService<IPpvClient>();

    public async ValueTask InitializeAsync()
    {
        await _wizard.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPpvServer(options =>
        {
            options.Wizard.Port = _wizard.Port;
            options.Server.Journal.Path = null;
        });
        builder.Services.AddPpvClient(options => options.Rpc.ReplyTimeout = TimeSpan.FromSeconds(20));
        builder.Services.AddPpvClient("another process");
        builder.Services.UseInMemoryBroker();
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _wizard.DisposeAsync();
    }

    [Fact]
    public async Task A_purchase_is_booked_once_however_often_it_is_asked_for()
    {
        var first = await Client.PurchaseAsync(Call, "262193", "85165320", "cart-7");
        var again = await Client.PurchaseAsync(Call, "262193", "85165320", "cart-7");
        var another = _host.Services.GetRequiredKeyedService<IPpvClient>("another process");
        var repeated = await another.PurchaseAsync(Call, "262193", "85165320", "cart-7", isRepeat: true);

        first.ShouldBe(new PpvPurchaseResult("cart-7", RpcOutcome.Completed, PpvPurchaseStep.Confirm, "OK", null));
        (again, repeated).ShouldBe((first, first));
        _wizard.Purchases.Select(purchase => (purchase.Event, purchase.Subscriber)).ShouldBe([("262193", "85165320")]);
        var status = await another.GetPurchaseStatusAsync("cart-7");
        status.Subject.ShouldNotBeNull();
        status.ShouldBe(new PpvOrderStatus("cart-7", PpvOrderState.Completed, "OK", null) { Subject = status.Subject });
    }

    [Fact]
    public async Task Another_purchase_under_a_key_that_was_used_is_refused()
    {
        (await Client.PurchaseAsync(Call, "262193", "85165320", "cart-7")).IsBought.ShouldBeTrue();
        var another = _host.Services.GetRequiredKeyedService<IPpvClient>("another process");

        var other = await another.PurchaseAsync(ConnectionId.Parse("02"), "999", "1", "cart-7");

        (other.Outcome, other.Step, other.Code, other.IsKeyOfAnother).ShouldBe((RpcOutcome.NotExecuted, PpvPurchaseStep.Event, null, true));
        _wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_confirm_that_wizard_did_not_answer_stays_unknown_and_is_not_sent_again()
    {
        _wizard.Script = request => request.Command == PpvCommand.Confirm
            ? WizardBehavior.Normal with { ResetAfterBooking = true }
            : WizardBehavior.Normal;

        var first = await Client.PurchaseAsync(Call, "262193", "85165320", "cart-7");
        var again = await Client.PurchaseAsync(Call, "262193", "85165320", "cart-7");

        (first.Outcome, again.Outcome).ShouldBe((RpcOutcome.Unknown, RpcOutcome.Unknown));
        _wizard.Purchases.Count.ShouldBe(1);
        _wizard.Requests.Count(request => request.Command == PpvCommand.Confirm).ShouldBe(1);
    }
}
