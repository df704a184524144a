using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Presence;
using Ppv.Testing;

namespace Ppv.Hosting.Tests.Presence;

/// <summary>What worker and gateway say of themselves on the bus.</summary>
public sealed class WorkerPresenceTests
{
    private static readonly TimeSpan Patience = Hang.Limit;
    private static readonly PresenceReport Empty = new() { Instance = Guid.NewGuid(), Role = "worker" };

    [Fact]
    public async Task Worker_and_gateway_see_each_other_with_all_that_they_say()
    {
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.ConfigureServices = services => services.AddSingleton<IPresenceFigures>(new Figures("gateway"));
            options.ConfigureWorkerServices = services => services.AddSingleton<IPresenceFigures>(new Figures("worker"));
        });
        var server = host.WorkerServices.GetRequiredService<RpcServer>();
        var client = host.Services.GetRequiredService<PpvClient>();

        var seen = await UntilBothAsync((time, expected) => client.AskPresenceAsync(time, default, expected), server, client);

        var worker = seen.Single(report => report.Instance == server.Instance);
        (worker.Role, worker.Place, worker.IsReady).ShouldBe(("worker", PresencePlace.Leader, true));
        worker.Worker.ShouldBe(new WorkerDetails
        {
            FirstLine = 1, LastLine = 29, Allocation = "Leased", BusyLines = 0, Journal = "memory", UnknownConfirms = 0,
        });
        worker.Configuration.ShouldBe(ConfigurationFingerprint.Of(
            host.WorkerServices.GetRequiredService<IOptions<PpvServerOptions>>().Value));
        worker.Figures?.GetProperty("of").GetString().ShouldBe("worker");
        var gateway = seen.Single(report => report.Instance == client.Instance);
        (gateway.Role, gateway.Place, gateway.Worker).ShouldBe(("gateway", null, null));
        gateway.Configuration.ShouldNotBeNull().ShouldNotBe(worker.Configuration);
        gateway.Figures?.GetProperty("of").GetString().ShouldBe("gateway");
        await UntilBothAsync((time, expected) => server.AskPresenceAsync(time, default, expected), server, client);
    }

    [Fact]
    public async Task A_command_under_way_and_an_unknown_confirm_are_counted()
    {
        await using var host = await PpvTestHost.StartAsync();
        host.Wizard.Script = WizardScript.On(PpvCommandKind.Confirm, WizardBehavior.Normal with { ResetAfterBooking = true });
        (await host.Client.PurchaseAsync(ConnectionId.CreateRandom(), "262193", "85165320")).Outcome.ShouldBe(RpcOutcome.Unknown);
        var server = host.WorkerServices.GetRequiredService<RpcServer>();

        // The count may be one second old, so that whoever asks often does not have the journal read each time.
        var since = TimeProvider.System.GetTimestamp();
        int? unknown = null;
        while (unknown != 1)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Patience, $"{unknown} unknown confirms");
            unknown = (await server.AskPresenceAsync(TimeSpan.FromSeconds(1), default, [server.Instance]))
                .SingleOrDefault(report => report.Instance == server.Instance)?.Worker?.UnknownConfirms;
        }
    }

    [Fact]
    public async Task The_journal_is_read_once_a_second_however_many_ask_and_its_trouble_is_told()
    {
        using var worker = new LeasedWorker(journal: inner => new FullDiskJournal(inner));
        var journal = (FullDiskJournal)worker.Journal;
        var unknowns = new UnknownConfirms(journal, worker.Clock);
        var source = new WorkerPresence(Options.Create(new PpvServerOptions()), worker.Lines, journal, unknowns, worker.Clock).Source;
        (await source.Complete(Empty, default)).Worker.ShouldNotBeNull().ShouldSatisfyAllConditions(
            details => details.Journal.ShouldBe("ok"), details => details.UnknownConfirms.ShouldBe(0));

        (journal.CannotWrite, journal.CannotRead) = (true, true);
        (await source.Complete(Empty, default)).Worker.ShouldNotBeNull().ShouldSatisfyAllConditions(
            details => details.Journal.ShouldBe("The disk is full."), details => details.UnknownConfirms.ShouldBe(0));

        worker.Clock.Advance(TimeSpan.FromSeconds(1));
        (await source.Complete(Empty, default)).Worker.ShouldNotBeNull().UnknownConfirms.ShouldBeNull();
        unknowns.Last.ShouldBe(0, "for an alarm the last count goes on to count");
    }

    private static async Task<IReadOnlyList<PresenceReport>> UntilBothAsync(
        Func<TimeSpan, Guid[], Task<IReadOnlyList<PresenceReport>>> ask, RpcServer server, PpvClient client)
    {
        Guid[] both = [server.Instance, client.Instance];
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reports = await ask(TimeSpan.FromSeconds(1), both);
            if (both.All(instance => reports.Any(report => report.Instance == instance))
                && reports.Any(report => report.Place == PresencePlace.Leader))
                return reports;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Patience, $"{reports.Count} reports");
        }
    }

    private sealed class Figures(string of) : IPresenceFigures
    {
        public JsonElement? Current => JsonSerializer.SerializeToElement(new { of });
    }
}
