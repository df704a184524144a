using System.Globalization;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Figures;

namespace Ppv.Hosting.Board.Views;

/// <summary>The hops of an order's way, with their figures.</summary>
internal sealed class PathView(BoardSources sources, FarFigures far)
{
    /// <summary>From this many orders on a share of errors says something.</summary>
    private const int FewOrders = 20;

    /// <summary>From this share on it is a concern; of fewer orders from these on.</summary>
    private const double ManyErrors = 0.05, ManyErrorsOfFew = 0.5;

    private const int FewErrors = 3;

    private static readonly (double Half, double NearlyAll) Shares = (0.5, 0.99);

    /// <summary>What passed each hop; how they fare is not judged yet.</summary>
    public IReadOnlyList<HopView> Read(DateTimeOffset now)
    {
        var figures = sources.Figures;
        var (gateway, worker) = (sources.HasGateway, sources.Worker is not null);
        var queue = Of(HopNames.Broker, worker ? figures.Queue : null);
        return
        [
            Hop(HopNames.Gateway, "The gateway, from a request's arrival to its answer.",
                Of(HopNames.Gateway, gateway ? figures.Gateway : null), now),
            queue.Count > 0 || !gateway
                ? Hop(HopNames.Broker, "The broker, from a client's sending to the worker's taking.", queue, now)
                : Hop(HopNames.Broker, "The broker and all behind it, from the gateway's sending to the answer.", [figures.RoundTrip], now),
            Hop(HopNames.Worker, "The worker, from taking an order to its answer.",
                Of(HopNames.Worker, worker ? figures.Worker : null), now),
            Hop(HopNames.Wizard, "Wizard, from connecting to its answer.", Of(HopNames.Wizard, worker ? figures.Wizard : null), now),
        ];
    }

    /// <summary>
    /// Hops at which orders failed. What fails at one fails at all before it, so only the last one is told as a reason, of those with many
    /// errors where there are such.
    /// </summary>
    public static Concern? ErrorsOf(IReadOnlyList<HopView> hops) =>
        (hops.LastOrDefault(hop => HasManyErrors(hop.Minute)) ?? hops.LastOrDefault(hop => hop.Minute.Errors > 0)) is { } last
            ? new Concern(last.Name, HasManyErrors(last.Minute) ? BoardLevel.Degraded : BoardLevel.Ok, string.Create(
                CultureInfo.InvariantCulture,
                $"{last.Minute.Errors} of {last.Minute.Count} orders of the last minute failed at the {NameOf(last.Name)}."))
            : null;

    /// <summary>The hops as the board shows them.</summary>
    public static IReadOnlyList<BoardHop> Show(IReadOnlyList<HopView> hops, IReadOnlyList<Concern> concerns) =>
    [
        .. hops.Select(hop => new BoardHop(
            hop.Name,
            concerns.Where(concern => concern.Hop == hop.Name).Select(concern => concern.Level)
                .Append(HasManyErrors(hop.Minute) ? BoardLevel.Degraded : BoardLevel.Ok).Max(),
            hop.IsKnown ? $"{hop.Description} {Fares(hop.Minute)}" : $"{hop.Description} Nothing of it is known here.",
            hop.IsKnown, Latest(hop), hop.Series)),
    ];

    private static bool HasManyErrors(Tally minute) => minute.Count >= FewOrders
        ? minute.Errors >= minute.Count * ManyErrors
        : minute.Errors >= FewErrors && minute.Errors >= minute.Count * ManyErrorsOfFew;

    private static string NameOf(string hop) => hop == HopNames.Wizard ? "exchange with Wizard" : hop;

    private static string Fares(Tally minute) => minute switch
    {
        { Count: 0 } => "No order passed in the last minute.",
        { Errors: 0 } => "All orders of the last minute passed.",
        { Errors: 1 } => "One order of the last minute failed.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{minute.Errors} orders of the last minute failed."),
    };

    /// <summary>A hop's figures of all programs that have it, this one among them.</summary>
    private List<HopFigures> Of(string name, HopFigures? own) => own is null ? [.. far.Of(name)] : [own, .. far.Of(name)];

    private HopView Hop(string name, string description, List<HopFigures> figures, DateTimeOffset now)
    {
        var current = HopFigures.StepOf(now);
        var (minute, step) = (new Tally(), new Tally());
        var (rates, halves, nearlyAll, errors) =
            (new double[HopFigures.Steps], new double?[HopFigures.Steps], new double?[HopFigures.Steps], new long[HopFigures.Steps]);
        var ofStep = TimeSpan.FromSeconds(HopFigures.StepSeconds);
        for (var index = 0; index < HopFigures.Steps; index++)
        {
            var number = current - HopFigures.Steps + 1 + index;
            step.Clear();
            foreach (var each in figures) each.AddTo(step, number);
            if (step.Count == 0) continue;
            if (number > current - HopFigures.StepsOfMinute) minute.Add(step);
            rates[index] = PerSecond(step.Count, number == current ? SinceStart(now, current) : ofStep);
            (halves[index], nearlyAll[index], errors[index]) =
                (Milliseconds(step.Percentile(Shares.Half)), Milliseconds(step.Percentile(Shares.NearlyAll)), step.Errors);
        }

        return new HopView(
            name, description, figures.Count > 0, minute, Span(now, current),
            new BoardSeries(HopFigures.StepSeconds, rates, halves, nearlyAll, errors));
    }

    private static BoardFigures Latest(HopView hop) => new(
        PerSecond(hop.Minute.Count, hop.Span), Milliseconds(hop.Minute.Percentile(Shares.Half)),
        Milliseconds(hop.Minute.Percentile(Shares.NearlyAll)), hop.Minute.Errors,
        hop.Minute.Count == 0 ? 0 : Math.Round((double)hop.Minute.Errors / hop.Minute.Count, 4),
        hop.Minute.Count);

    /// <summary>The time that the last minute's steps cover, which for a program that has just started is less.</summary>
    private TimeSpan Span(DateTimeOffset now, long current)
    {
        var span = SinceStart(now, current - HopFigures.StepsOfMinute + 1);
        var age = now - sources.Figures.Since;
        return age < span ? age : span;
    }

    private static TimeSpan SinceStart(DateTimeOffset now, long step) =>
        now - DateTimeOffset.UnixEpoch - TimeSpan.FromSeconds(step * HopFigures.StepSeconds);

    /// <summary>Over a second at least, so that the first order of a step is no hundred a second.</summary>
    private static double PerSecond(long count, TimeSpan span) => Math.Round(count / Math.Max(1, span.TotalSeconds), 2);

    private static double? Milliseconds(double? value) => value is { } known ? Math.Round(known, 2) : null;
}
