using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;

namespace Ppv.Testing.Tests.Harness;

/// <summary>
/// What a call asked for last and did not get is not forgotten by a restart: the confirm does not buy what was named before.
/// </summary>
public sealed class NamedAndRestartedTests : IDisposable
{
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_EV_that_did_not_reach_Wizard_takes_away_the_one_before(bool restart)
    {
        await using var host = await StartAsync();
        await PrepareAsync(host, "111");
        host.Wizard.RefuseConnections = true;
        (await host.Client.SendAsync(PpvOrder.Event(Call, "222")).Within()).Outcome.ShouldBe(RpcOutcome.NotExecuted);
        host.Wizard.RefuseConnections = false;

        await ShouldBeRefusedAsync(host, restart);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task So_does_one_that_Wizard_refused(bool restart)
    {
        await using var host = await StartAsync();
        await PrepareAsync(host, "111");
        host.Wizard.Script = WizardScript.Once(PpvCommandKind.Event, WizardBehavior.Normal with { ReplyText = "ER012" });
        (await host.Client.SendAsync(PpvOrder.Event(Call, "222")).Within()).Code.ShouldBe("ER012");

        await ShouldBeRefusedAsync(host, restart);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task So_does_one_that_is_answered_from_the_journal(bool restart)
    {
        await using var host = await StartAsync();
        var first = PpvOrder.Event(Call, "111");
        (await host.Client.SendAsync(first).Within()).Code.ShouldBe("OK");
        await PrepareAsync(host, "222");
        (await host.Client.SendAsync(first).Within()).Code.ShouldBe("OK");

        await ShouldBeRefusedAsync(host, restart);
    }

    [Fact]
    public async Task What_was_named_last_and_told_OK_is_bought_after_a_restart()
    {
        await using var host = await StartAsync();
        await PrepareAsync(host, "111");
        (await host.Client.SendAsync(PpvOrder.Event(Call, "222")).Within()).Code.ShouldBe("OK");
        await host.RestartWorkerAsync().Within();

        (await host.Client.SendAsync(PpvOrder.Confirm(Call)).Within()).Code.ShouldBe("OK");

        host.Wizard.Purchases.Select(purchase => purchase.Event).ShouldBe(["222"]);
    }

    private Task<PpvTestHost> StartAsync() => PpvTestHost.StartAsync(options =>
    {
        options.RunGateway = false;
        options.ConfigureWorker = worker => worker.Server.Journal.Path = Path.Combine(_folder.FullName, "journal.db");
    });

    private static async Task PrepareAsync(PpvTestHost host, string eventNumber)
    {
        (await host.Client.SendAsync(PpvOrder.Event(Call, eventNumber)).Within()).Code.ShouldBe("OK");
        (await host.Client.SendAsync(PpvOrder.Subscriber(Call, TestCall.SubscriberNumber)).Within()).Code.ShouldBe("OK");
    }

    private static async Task ShouldBeRefusedAsync(PpvTestHost host, bool restart)
    {
        if (restart) await host.RestartWorkerAsync().Within();
        var confirmed = await host.Client.SendAsync(PpvOrder.Confirm(Call)).Within();
        (confirmed.Outcome, confirmed.Code).ShouldBe((RpcOutcome.NotExecuted, ResultCodes.InvalidOrder), confirmed.Reason);
        host.Wizard.Purchases.ShouldBeEmpty();
    }
}
