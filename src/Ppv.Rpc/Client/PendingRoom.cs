namespace Ppv.Rpc.Client;

/// <summary>
/// How many requests may wait for an answer. What begins something is turned away first: a quarter of the room is kept for what goes on.
/// One client leaves room for others, while there are any. Pure. Not safe for use by several threads.
/// </summary>
/// <param name="limit">How many may wait in all.</param>
/// <param name="sharePercent">The part of the room that one client may take while there are others.</param>
internal sealed class PendingRoom(int limit, int sharePercent)
{
    private readonly Dictionary<string, (int All, int Begun)> _byClient = new(StringComparer.OrdinalIgnoreCase);
    private readonly ClientShares _clients = new(sharePercent);
    private int _count, _begun;

    private int ForBeginnings => limit - (limit / 4);

    /// <summary>A request is about to wait.</summary>
    /// <param name="client">Whose it is; <see langword="null"/>: nobody's in particular.</param>
    /// <param name="begins">Whether it begins something.</param>
    /// <param name="now">The time, by a clock that is not set.</param>
    /// <param name="isQuestion">Whether it is a question of this program's, by which nobody can tell whose it is.</param>
    /// <returns>Whether it may.</returns>
    public bool TryEnter(string? client, bool begins, TimeSpan now, bool isQuestion = false)
    {
        if (!isQuestion) _clients.Note(client, now);
        var (all, begun) = _byClient.GetValueOrDefault(client ?? "");
        var isShared = _clients.AreSeveral(now);
        if (_count >= limit || (isShared && all >= _clients.PartOf(limit))) return false;
        if (begins && (_begun >= ForBeginnings || (isShared && begun >= _clients.PartOf(ForBeginnings)))) return false;
        Change(client, begins, 1);
        return true;
    }

    /// <summary>A request that had entered waits no more.</summary>
    public void Leave(string? client, bool begins) => Change(client, begins, -1);

    private void Change(string? client, bool begins, int by)
    {
        _count += by;
        if (begins) _begun += by;
        var name = client ?? "";
        var (all, begun) = _byClient.GetValueOrDefault(name);
        (all, begun) = (all + by, begins ? begun + by : begun);
        if (all == 0) _byClient.Remove(name);
        else _byClient[name] = (all, begun);
    }
}
