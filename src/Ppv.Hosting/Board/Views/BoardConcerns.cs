using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Control;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Health;
using Ppv.Hosting.Worker.Lines;

namespace Ppv.Hosting.Board.Views;

/// <summary>What is not as it should be in this program, from what is in memory.</summary>
internal sealed class BoardConcerns(BoardSources sources)
{
    public IReadOnlyList<Concern> Read(IReadOnlyList<HopView> hops, SlowLooks.Found found, DateTimeOffset now)
    {
        IEnumerable<Concern?> all =
        [
            Stopping(),
            .. sources.Intakes.Select(Closed),
            .. sources.Links.Select(link => Link(link.Readiness, now)),
            .. sources.Links.SelectMany(link => Unserved(link, found)),
            Journal(),
            Wizard(hops.Single(hop => hop.Name == HopNames.Wizard).Minute),
            Lines(),
            Unknowns(found.Unknowns),
            PathView.ErrorsOf(hops),
        ];
        return [.. all.OfType<Concern>()];
    }

    /// <summary>Workers that are gone without a word: there is one less to take over. Gateways come and go without saying so.</summary>
    public static IEnumerable<Concern> OfMembers(IReadOnlyList<BoardMember> members) =>
        members.Where(member => member is { IsAlive: false, Role: HopNames.Worker }).Select(member => new Concern(
            HopNames.Worker, BoardLevel.Degraded, string.Create(CultureInfo.InvariantCulture,
                $"The worker on {member.Machine}, process {member.ProcessId}, died or was stopped. {member.Description}")));

    private Concern? Stopping() => sources.Lifetime.ApplicationStopping.IsCancellationRequested
        ? new Concern(
            sources.Worker is null ? HopNames.Gateway : HopNames.Worker, BoardLevel.Down,
            "This program is stopping: orders that were begun are finished, new ones belong elsewhere.")
        : null;

    private static Concern? Closed(IIntake intake) => intake.IsOpen ? null : new Concern(intake.Name, BoardLevel.Down,
        string.Create(CultureInfo.InvariantCulture,
            $"An operator has closed the intake of the {intake.Name}: {intake.UnderWay} orders are under way, and no new ones are taken."));

    private static Concern? Link(BrokerReadiness link, DateTimeOffset now)
    {
        var status = link.Status();
        if (!status.IsReady)
            return new Concern(HopNames.Broker, BoardLevel.Down, $"The {link.Name} passes no orders: {status.Description}");
        return link.Trouble(now) is { } trouble ? new Concern(HopNames.Broker, BoardLevel.Degraded, $"The {link.Name}: {trouble}") : null;
    }

    private static IEnumerable<Concern> Unserved(LinkSources link, SlowLooks.Found found) => link.Readiness.Name == HopNames.Worker ? []
        : link.Queues.Where(queue => found.Queues.TryGetValue(queue, out var counts) && counts.Consumers == 0).Select(queue =>
            new Concern(HopNames.Worker, BoardLevel.Down, $"No worker takes orders from queue {queue}."));

    private Concern? Journal() => sources.Worker is { Journal.Problem: { } problem } worker
        ? new Concern(
            HopNames.Worker,
            worker.Options.Server.Journal.FailureStatus == HealthStatus.Unhealthy ? BoardLevel.Down : BoardLevel.Degraded, problem)
        : sources.Worker is { Journal.Warning: { } warning } ? new Concern(HopNames.Worker, BoardLevel.Degraded, warning) : null;

    /// <summary>Down when nothing shows that it answers at all.</summary>
    private Concern? Wizard(Tally minute) => sources.Worker?.Wizard?.Problem is { } problem
        ? new Concern(HopNames.Wizard, minute.Errors == minute.Count ? BoardLevel.Down : BoardLevel.Degraded, problem)
        : null;

    private Concern? Lines() => sources.Worker?.Lines is LineLeases { Counts.Waiting: > 0 and var waiting }
        ? new Concern(HopNames.Wizard, BoardLevel.Degraded, waiting == 1
            ? "One order waits because no line of Wizard is free."
            : string.Create(CultureInfo.InvariantCulture, $"{waiting} orders wait because no line of Wizard is free."))
        : null;

    private static Concern? Unknowns(BoardUnknowns unknowns) => unknowns.Count switch
    {
        null or 0 => null,
        1 => new Concern(HopNames.Worker, BoardLevel.Degraded, "The outcome of one confirm is unknown: find out, and settle it."),
        _ => new Concern(HopNames.Worker, BoardLevel.Degraded, string.Create(CultureInfo.InvariantCulture,
            $"The outcome of {unknowns.Count} confirms is unknown: find out, and settle them.")),
    };
}
