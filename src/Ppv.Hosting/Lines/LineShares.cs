namespace Ppv.Hosting;

/// <summary>
/// How much one client may take of the lines, and of the room to wait for one. A client that is alone may take all. Pure. Not safe for use
/// by several threads.
/// </summary>
/// <param name="lines">How many lines calls share.</param>
/// <param name="room">How many calls may wait for one.</param>
/// <param name="percent">The part of both that one client may take while there are others.</param>
internal sealed class LineShares(int lines, int room, int percent)
{
    // Two are enough to know that there are others. Orders of nobody in particular are one client's.
    private readonly HashSet<string> _clients = new(2, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether several clients are known.</summary>
    public bool AreInEffect => _clients.Count > 1;

    /// <summary>An order came.</summary>
    public void Note(string? client)
    {
        if (_clients.Count < 2) _clients.Add(client ?? "");
    }

    /// <summary>Whether a client that has so many lines may have no further one.</summary>
    public bool IsReachedBy(int held) => AreInEffect && held >= Part(lines);

    /// <summary>Whether a client that has so many lines must give one to others who wait.</summary>
    public bool IsExceededBy(int held) => AreInEffect && held > Part(lines);

    /// <summary>Whether one more call may wait.</summary>
    /// <param name="waiting">How many wait.</param>
    /// <param name="ofClient">How many of them are of its client.</param>
    public bool HasRoom(int waiting, int ofClient) => waiting < room && !(AreInEffect && ofClient >= Part(room));

    private int Part(int whole) => Math.Max(1, whole * percent / 100);
}
