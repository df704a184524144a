using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Serving;

/// <summary>
/// How a server enters a place that it was given: it finds out who was there before, decides on what it remembers, leaves its own note, and waits where a
/// command of another server may still be on its way. Only then may it begin.
/// </summary>
internal sealed class PlaceEntry(IBrokerConnection connection, ServingDuty duty, PlaceHistory history, PlaceNotes notes, ServingPlace place)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // The longest Ppv:Rpc:DrainTimeout, whatever a note says.
    private static readonly TimeSpan LongestLeaving = TimeSpan.FromMinutes(10) + PlaceNotes.Margin;
    private readonly TimeProvider _timeProvider = duty.TimeProvider;

    /// <param name="acquiredAt">When the place was acquired, at the latest.</param>
    /// <param name="cancellationToken">Gives up; the place must not be served then.</param>
    /// <exception cref="Errors.BrokerException">It can't be known who was here, or what the next one will find; the place must not be served.</exception>
    public async Task EnterAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        if (duty.KeepsNotes) await SucceedAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
        else await EnterWithoutNotesAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
        if (history.GraceFrom is { } from) await DelayAsync(duty.Rpc.TakeoverGrace - _timeProvider.GetElapsedTime(from), cancellationToken).ConfigureAwait(false);
        history.GraceFrom = null;
        history.HasEntered = true;
    }

    /// <summary>
    /// Without notes nobody can know who was here. Brokers that know nothing of each other are served all the time, each over a queue of its own, and nobody else
    /// may use these lines: there only the first entering waits, for an earlier process.
    /// </summary>
    private async Task EnterWithoutNotesAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        var isAwaited = !connection.IsFirstConsumer && (duty.Broker.Topology == BrokerTopology.Independent ? !history.HasEntered : !WasMineJustNow);
        if (isAwaited) history.GraceFrom = acquiredAt;
        if (duty.Succession is { } succession) await succession.ContinueAsync(null, cancellationToken).ConfigureAwait(false);
    }

    private async Task SucceedAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        var succession = duty.Succession!;
        var self = await succession.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var note = await TakeAsync(cancellationToken).ConfigureAwait(false);
        var verdict = PlaceDecision.Decide(note, self, WasMineJustNow);
        if (verdict == PlaceVerdict.Wait)
        {
            note = await WaitForNextAsync(note!, cancellationToken).ConfigureAwait(false);
            verdict = PlaceDecision.Decide(note, self, wasMineJustNow: false);
        }

        // First what is remembered, then the note: one that says that it is ours must not be there while something older than it could still be believed.
        switch (verdict)
        {
            case PlaceVerdict.Continue:
                await ContinueAsync(note, cancellationToken).ConfigureAwait(false);
                break;
            case PlaceVerdict.Import when await TryImportAsync(note!, cancellationToken).ConfigureAwait(false):
                ServerLog.TookOver(duty.Logger, duty.Rpc.Queue, connection.Host);
                break;
            default:
                await StartOverAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
                break;
        }

        await notes.LeaveAsync(new PlaceNote { Identity = self, State = PlaceNoteState.Active, Since = history.Alone?.Since }, cancellationToken).ConfigureAwait(false);
    }

    private bool WasMineJustNow => history.Last?.WasProvedWithin(duty.Rpc.TakeoverGrace) ?? false;

    private async Task<PlaceNote?> TakeAsync(CancellationToken cancellationToken)
    {
        var askedAt = _timeProvider.GetTimestamp();
        var note = await notes.TakeAsync(cancellationToken).ConfigureAwait(false);
        place.Prove(askedAt);
        return note;
    }

    private async Task ContinueAsync(PlaceNote? note, CancellationToken cancellationToken)
    {
        if (!history.HasEntered && note?.Since is { } since)
        {
            // The process before this one may have ended while it waited its grace.
            history.Alone ??= new TimeAlone(since, Moment.Now(_timeProvider));
            await DelayAsync(duty.Rpc.TakeoverGrace - history.Alone.LengthAt(Moment.Now(_timeProvider), _timeProvider), cancellationToken).ConfigureAwait(false);
        }

        await duty.Succession!.ContinueAsync(history.Alone?.Since, cancellationToken).ConfigureAwait(false);
        ServerLog.Continues(duty.Logger, duty.Rpc.Queue, connection.Host);
    }

    private async Task<bool> TryImportAsync(PlaceNote note, CancellationToken cancellationToken)
    {
        history.Alone = TimeAlone.From(Moment.Now(_timeProvider));
        try
        {
            await duty.Succession!.ImportAsync(note.Remembered, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private async Task StartOverAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        history.Alone = TimeAlone.From(Moment.Now(_timeProvider));
        if (connection.IsFirstConsumer)
        {
            ServerLog.IsFirst(duty.Logger, duty.Rpc.Queue, connection.BrokerName);
        }
        else
        {
            history.GraceFrom = acquiredAt;
            ServerLog.StartsOver(duty.Logger, duty.Rpc.Queue, connection.Host, duty.Rpc.TakeoverGrace.TotalMilliseconds);
        }

        await duty.Succession!.StartOverAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the note of the one who is about to leave.</summary>
    /// <returns>The note that came; the one who did not leave in time counts as one who was active.</returns>
    private async Task<PlaceNote?> WaitForNextAsync(PlaceNote leaving, CancellationToken cancellationToken)
    {
        var limit = leaving.Within ?? TimeSpan.Zero;
        if (limit > LongestLeaving) limit = LongestLeaving;
        ServerLog.WaitsForPredecessor(duty.Logger, duty.Rpc.Queue, connection.Host, limit.TotalSeconds);
        var since = _timeProvider.GetTimestamp();
        while (_timeProvider.GetElapsedTime(since) < limit)
        {
            await Task.Delay(PollInterval, _timeProvider, cancellationToken).ConfigureAwait(false);
            if (await TakeAsync(cancellationToken).ConfigureAwait(false) is { State: not PlaceNoteState.Leaving } next) return next;
        }

        return leaving with { State = PlaceNoteState.Active };
    }

    private async Task DelayAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var limit = duty.Rpc.TakeoverGrace;
        if (time > TimeSpan.Zero) await Task.Delay(time < limit ? time : limit, _timeProvider, cancellationToken).ConfigureAwait(false);
    }
}
