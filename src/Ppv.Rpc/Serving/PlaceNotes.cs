using Ppv.Rpc.Brokers;
using Ppv.Rpc.Errors;

namespace Ppv.Rpc.Serving;

/// <summary>The notes that the servers of a queue leave for each other, over one connection.</summary>
internal sealed class PlaceNotes(IBrokerConnection connection, ServingDuty duty)
{
    /// <summary>A note that is later than this is none: who leaves bounds it, who waits for it counts it in.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    /// <summary>Takes what lies there.</summary>
    /// <exception cref="BrokerException">It can't be told whether something does.</exception>
    public async Task<PlaceNote?> TakeAsync(CancellationToken cancellationToken) =>
        await connection.TakeNoteAsync(duty.Rpc.Queue, duty.Rpc.QueueKind != QueueKind.LegacyTransient, cancellationToken).ConfigureAwait(false) is { } note
            ? PlaceNote.Read(note)
            : null;

    /// <summary>Leaves a note in the place of the one that is there; a broker that keeps none at present is no reason not to serve.</summary>
    /// <exception cref="BrokerException">Whether it is there is not known.</exception>
    public async Task LeaveAsync(PlaceNote note, CancellationToken cancellationToken)
    {
        if (!await connection.LeaveNoteAsync(duty.Rpc.Queue, note.ToBytes(), cancellationToken).ConfigureAwait(false))
            ServerLog.NoWordLeft(duty.Logger, duty.Rpc.Queue, connection.Host, "The broker keeps no notes at present.");
    }

    /// <summary>Leaves a note when it can be done soon.</summary>
    /// <returns>Whether it is there.</returns>
    public async Task<bool> TryLeaveAsync(PlaceNote note)
    {
        if (connection.Lost.IsCompleted) return false;
        using var limit = new CancellationTokenSource(LeaveLimit, duty.TimeProvider);
        var reason = "The broker keeps no notes at present.";
        try
        {
            if (await connection.LeaveNoteAsync(duty.Rpc.Queue, note.ToBytes(), limit.Token).ConfigureAwait(false)) return true;
        }
        catch (BrokerException e)
        {
            reason = e.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            reason = $"The broker did not take it within {LeaveLimit.TotalSeconds:0} s.";
        }

        ServerLog.NoWordLeft(duty.Logger, duty.Rpc.Queue, connection.Host, reason);
        return false;
    }
}
