using Ppv.Protocol;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// A site's Wizard: it remembers EV and EN per line, takes its time, executes at the end of it, and books whatever its line remembers, as
/// often as it is told to. Stands in the place of TCP and of the worker's client for it. Safe for use by several threads.
/// </summary>
internal sealed class SimulatedWizard(VirtualTime time, SiteSetup setup, SiteLedger ledger)
{
    private const string RefusedCode = "ER310";

    /// <summary>How long it may take to execute what nobody waits for any more; <c>LineRest</c> has to be longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly WizardOptions Options = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<LineNumber, (string? Event, string? Subscriber)> _lines = [];
    private readonly CallProfile _profile = setup.Profile;
    private readonly List<Trouble> _troubles = [.. setup.Troubles.Where(trouble => trouble.Kind
        is TroubleKind.LineDead or TroubleKind.WizardSlow or TroubleKind.WizardOutage)];

    /// <summary>The client of one process.</summary>
    public IWizardClient Connect(ProcessTime process) => new Client(this, process);

    private async Task<WizardReply> SendAsync(ProcessTime process, WizardRequest request)
    {
        for (var attempt = 0; On(TroubleKind.WizardOutage) is not null; attempt++)
        {
            if (attempt == Options.MaxConnectRetries || time.GetUtcNow() + Options.ConnectRetryDelay >= request.Deadline)
                throw new WizardException(WizardFailure.NotSent, "Wizard could not be reached.");
            await process.ParkAsync(Options.ConnectRetryDelay);
        }

        if (request.Fence.LostReason is { } lost) throw new WizardException(WizardFailure.NotSent, lost);
        if (time.GetUtcNow() >= request.Deadline) throw new WizardException(WizardFailure.NotSent, "The caller's time was over.");
        if (request.Command.Kind == PpvCommandKind.Event) ledger.Reached(request.Command.Value, time.Elapsed);
        if (On(TroubleKind.LineDead) is { } dead && dead.Amount == request.Line.Value)
        {
            await process.ParkAsync(Options.ResponseTimeout);
            throw Unanswered;
        }

        var latency = LatencyOf(request);
        var text = "";
        time.CreateTimer(_ => text = Execute(request), null, latency, Timeout.InfiniteTimeSpan);
        await process.ParkAsync(latency < Options.ResponseTimeout ? latency : Options.ResponseTimeout);
        return latency < Options.ResponseTimeout ? new WizardReply(request.Line, text) : throw Unanswered;
    }

    private static WizardException Unanswered => new(WizardFailure.MaybeSent, "Wizard did not answer.");

    private Trouble? On(TroubleKind kind)
    {
        foreach (var trouble in _troubles)
        {
            if (trouble.Kind == kind && trouble.IsOn(time.Elapsed)) return trouble;
        }

        return null;
    }

    private TimeSpan LatencyOf(WizardRequest request)
    {
        string name;
        lock (_gate)
        {
            name = request.Command.Kind == PpvCommandKind.Confirm
                ? _lines.GetValueOrDefault(request.Line).Event ?? ""
                : request.Command.Value;
        }

        var dice = new Dice(setup.Seed, Dice.NameOf(name), (ulong)request.Command.Kind);
        var latency = dice.Time(_profile.Latency * (On(TroubleKind.WizardSlow)?.Amount ?? 1), _profile.LatencySpread);
        return latency < Longest ? latency : Longest;
    }

    private string Execute(WizardRequest request)
    {
        lock (_gate)
        {
            var (eventNumber, subscriber) = _lines.GetValueOrDefault(request.Line);
            switch (request.Command.Kind)
            {
                case PpvCommandKind.Event:
                    _lines[request.Line] = (request.Command.Value, subscriber);
                    return ResultCodes.Ok;
                case PpvCommandKind.Subscriber:
                    _lines[request.Line] = (eventNumber, request.Command.Value);
                    return ResultCodes.Ok;
                case var _ when new Dice(setup.Seed, Dice.NameOf(subscriber ?? "")).Hits(_profile.Refusals):
                    return RefusedCode;
                default:
                    ledger.Book(eventNumber, subscriber);
                    return ResultCodes.Ok;
            }
        }
    }

    private sealed class Client(SimulatedWizard wizard, ProcessTime process) : IWizardClient
    {
        public Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default) =>
            wizard.SendAsync(process, request);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
