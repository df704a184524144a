using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ppv.Protocol;
using Ppv.Protocol.Telemetry;
using Ppv.Rpc;

namespace Ppv.Hosting.Telemetry;

/// <summary>What this package traces and measures under the name <c>Ppv.Hosting</c>.</summary>
internal static class HostingTelemetry
{
    private static readonly ActivitySource Source = new(PpvTelemetry.Hosting);
    private static readonly Meter Meter = new(PpvTelemetry.Hosting);
    private static readonly ObservedSet<Func<LineUse>> Lines = new();
    private static readonly ObservedSet<Func<int?>> Unknowns = new();
    private static readonly CodeLabels Codes = new(50);
    private static readonly OwnerLabels Owners = new(20);

    private static readonly Counter<long> GatewayOrders = Meter.CreateCounter<long>(
        TelemetryNames.GatewayOrders, "{order}", "Requests that the gateway answered, by what it said.");

    private static readonly Counter<long> WorkerOrders = Meter.CreateCounter<long>(
        TelemetryNames.WorkerOrders, "{order}", "Orders that the worker answered, by what it said.");

    private static readonly Counter<long> Duplicates = Meter.CreateCounter<long>(
        TelemetryNames.Duplicates, "{order}", "Orders that were not sent to Wizard, because they were, or may have been, before.");

    private static readonly Histogram<double> LineWaitDuration = Meter.CreateDuration(
        TelemetryNames.LineWaitDuration, "How long an order waited for its line of Wizard.");

    static HostingTelemetry()
    {
        Observe(TelemetryNames.BusyLines, "{line}", "Lines on which a command is under way now.", static use => use.Busy);
        Meter.CreateObservableUpDownCounter(TelemetryNames.Leases, ObserveLeases, "{lease}", "Lines that belong to a call now.");
        Observe(TelemetryNames.Lines, "{line}", "Lines that the worker may use.", static use => use.Limit);

        Meter.CreateObservableUpDownCounter(
            TelemetryNames.ConfirmsUnknown, static () => Unknowns.All.Sum(static count => count() ?? 0), "{order}",
            "Confirms on record of which somebody must find out whether they bought.");

        static void Observe(string name, string unit, string description, Func<LineUse, int> number) =>
            Meter.CreateObservableUpDownCounter(name, () => Lines.All.Sum(use => number(use())), unit, description);
    }

    /// <summary>Adds a worker's lines to what is observed, until the result is disposed of.</summary>
    public static IDisposable ObserveLines(Func<LineUse> lines) => Lines.Add(lines);

    /// <summary>Adds a journal's unknown confirms to what is observed, until the result is disposed of.</summary>
    public static IDisposable ObserveUnknowns(Func<int?> count) => Unknowns.Add(count);

    /// <summary>
    /// The gateway has begun. A series that first appears with 1 has grown for nobody who compares it with what it was: so the one whose
    /// growth is an alarm begins at 0.
    /// </summary>
    public static void GatewayBegins() => GatewayOrders.Add(0, new TagList
    {
        { TelemetryNames.Outcome, nameof(RpcOutcome.Unknown) }, { TelemetryNames.RpcMethod, PpvCommand.Confirm.Key },
    });

    /// <summary>The gateway answered.</summary>
    public static void AnsweredByGateway(PpvCommand? command, string code, RpcOutcome outcome) =>
        Count(GatewayOrders, command, code, outcome);

    /// <summary>The worker answered.</summary>
    public static void AnsweredByWorker(PpvCommand command, string code, RpcOutcome outcome) => Count(WorkerOrders, command, code, outcome);

    /// <summary>An order was not sent because it was, or may have been, before.</summary>
    public static void Suppressed(PpvCommand command) =>
        Duplicates.Add(1, new KeyValuePair<string, object?>(TelemetryNames.RpcMethod, command.Key));

    /// <summary>A span for the wait for a line; <see langword="null"/> where nobody traces.</summary>
    public static Activity? StartLineWait(ConnectionId? call)
    {
        var activity = Source.StartActivity(TelemetryNames.LineWait);
        if (call is not null) activity?.SetTag(TelemetryNames.CallId, call.ToString());
        return activity;
    }

    /// <summary>The wait for a line is over.</summary>
    /// <param name="activity">What <see cref="StartLineWait"/> gave.</param>
    /// <param name="command">The command that waited.</param>
    /// <param name="line">Its line, if it got one.</param>
    /// <param name="waited">How long.</param>
    public static void EndLineWait(Activity? activity, PpvCommandKind command, LineNumber? line, TimeSpan waited)
    {
        if (line is { } number) activity?.SetTag(TelemetryNames.Line, number.ToString());
        if (LineWaitDuration.Enabled)
            LineWaitDuration.Record(
                waited.TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.RpcMethod, PpvCommand.KeyOf(command)));
    }

    private static IEnumerable<Measurement<int>> ObserveLeases() => Lines.All
        .SelectMany(use => use().Leased)
        .GroupBy(held => Owners.Of(held.Key), held => held.Value)
        .Select(held => held.Key is { } owner
            ? new Measurement<int>(held.Sum(), new KeyValuePair<string, object?>(TelemetryNames.Owner, owner))
            : new Measurement<int>(held.Sum()));

    private static void Count(Counter<long> orders, PpvCommand? command, string code, RpcOutcome outcome)
    {
        if (!orders.Enabled) return;
        var tags = new TagList { { TelemetryNames.Outcome, outcome.ToString() }, { TelemetryNames.Code, Codes.Of(code) } };
        if (command is not null) tags.Add(TelemetryNames.RpcMethod, command.Key);
        orders.Add(1, tags);
    }
}
