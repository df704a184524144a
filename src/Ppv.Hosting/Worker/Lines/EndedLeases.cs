namespace Ppv.Hosting.Worker.Lines;

/// <summary>The leases that ended lately, for repeated confirms, the oldest first. Not safe for use by several threads.</summary>
internal sealed class EndedLeases
{
    /// <summary>How many are kept, whatever their age; a journal knows the others.</summary>
    public const int Max = 10_000;

    private readonly Queue<(CallState Call, Lease Lease)> _leases = [];

    public void Add(CallState call, Lease lease)
    {
        call.Remember(lease);
        _leases.Enqueue((call, lease));
    }

    /// <summary>Forgets those that ended until a moment, and what are too many.</summary>
    /// <returns>The calls of which no such lease is known any more.</returns>
    public IEnumerable<CallState> ForgetUntil(DateTimeOffset moment)
    {
        while (_leases.TryPeek(out var oldest) && (_leases.Count > Max || oldest.Lease.LastActivity <= moment))
        {
            _leases.Dequeue();
            if (oldest.Call.LastEnded != oldest.Lease) continue;
            oldest.Call.Remember(null);
            yield return oldest.Call;
        }
    }

    public void Clear() => _leases.Clear();
}
