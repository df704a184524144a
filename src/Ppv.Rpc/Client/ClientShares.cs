namespace Ppv.Rpc.Client;

/// <summary>
/// What one client may take while there are others: two have sent something lately. Pure. Not safe for use by several threads.
/// </summary>
/// <param name="percent">The part that one client may take while there are others.</param>
internal sealed class ClientShares(int percent)
{
    /// <summary>How long a client is there after what it sent last.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private (string Name, TimeSpan At)? _latest, _other;

    /// <summary>Something came.</summary>
    /// <param name="client">Whose it is; <see langword="null"/>: nobody's in particular, who is one client, too.</param>
    /// <param name="now">The time, by a clock that is not set.</param>
    public void Note(string? client, TimeSpan now)
    {
        var name = client ?? "";
        if (_latest is { } latest && !latest.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) _other = latest;
        _latest = (name, now);
    }

    /// <summary>When nobody but one is there any more, if nothing else comes; <see langword="null"/>: so it is.</summary>
    public TimeSpan? EndAt => _other?.At + Memory;

    public bool AreSeveral(TimeSpan now) => _other is { } other && now - other.At < Memory;

    /// <summary>How much of a whole one client may take; one at least.</summary>
    public int PartOf(int whole) => Math.Max(1, whole * percent / 100);
}
