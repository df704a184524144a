using Ppv.Rpc.Client;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// How much one client may take of the lines, and of the room to wait for one. A client that is alone may take all. Pure. Not safe for use
/// by several threads.
/// </summary>
/// <param name="lines">How many lines calls share.</param>
/// <param name="room">How many commands may wait for one.</param>
/// <param name="percent">The part of both that one client may take while there are others.</param>
internal sealed class LineShares(int lines, int room, int percent)
{
    private readonly ClientShares _clients = new(percent);

    /// <summary>Whether several clients are there.</summary>
    public bool AreInEffect(DateTimeOffset now) => _clients.AreSeveral(now - DateTimeOffset.MinValue);

    /// <summary>When they end by themselves; <see langword="null"/>: not.</summary>
    public DateTimeOffset? EndAt => _clients.EndAt is { } end ? DateTimeOffset.MinValue + end : null;

    /// <summary>An order came.</summary>
    public void Note(string? client, DateTimeOffset now) => _clients.Note(client, now - DateTimeOffset.MinValue);

    /// <summary>Whether a client that has so many lines may have no further one.</summary>
    public bool IsReachedBy(int held, DateTimeOffset now) => AreInEffect(now) && held >= _clients.PartOf(lines);

    /// <summary>Whether a client that has so many lines must give one to others who wait.</summary>
    public bool IsExceededBy(int held, DateTimeOffset now) => AreInEffect(now) && held > _clients.PartOf(lines);

    /// <summary>Whether one more command may wait.</summary>
    /// <param name="waiting">How many wait.</param>
    /// <param name="ofClient">How many of them are of its client.</param>
    /// <param name="now">The time.</param>
    public bool HasRoom(int waiting, int ofClient, DateTimeOffset now) =>
        waiting < room && !(AreInEffect(now) && ofClient >= _clients.PartOf(room));
}
