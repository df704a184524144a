namespace Ppv.Rpc.Client;

/// <summary>
/// How many requests may wait for an answer. What begins something is turned away first: a quarter of the room is kept for what goes on,
/// and one client's beginnings leave room for others'. Pure. Not safe for use by several threads.
/// </summary>
/// <param name="limit">How many may wait in all.</param>
/// <param name="sharePercent">The part of the room for beginnings that one client may take while there are others.</param>
internal sealed class PendingRoom(int limit, int sharePercent)
{
    private readonly Dictionary<string, int> _beginnings = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _clients = new(2, StringComparer.OrdinalIgnoreCase); // Two are enough to know of others.
    private int _count, _begun;

    private int ForBeginnings => limit - (limit / 4);

    /// <summary>A request is about to wait.</summary>
    /// <param name="client">Whose it is; <see langword="null"/>: nobody's in particular.</param>
    /// <param name="begins">Whether it begins something.</param>
    /// <returns>Whether it may.</returns>
    public bool TryEnter(string? client, bool begins)
    {
        var name = client ?? "";
        if (_clients.Count < 2) _clients.Add(name);
        if (_count >= limit || (begins && !MayBegin(name))) return false;
        _count++;
        if (!begins) return true;
        _begun++;
        _beginnings[name] = _beginnings.GetValueOrDefault(name) + 1;
        return true;
    }

    /// <summary>A request that had entered waits no more.</summary>
    public void Leave(string? client, bool begins)
    {
        _count--;
        if (!begins) return;
        _begun--;
        var left = --_beginnings[client ?? ""];
        if (left == 0) _beginnings.Remove(client ?? "");
    }

    private bool MayBegin(string client) => _begun < ForBeginnings
        && (_clients.Count < 2 || _beginnings.GetValueOrDefault(client) < Math.Max(1, ForBeginnings * sharePercent / 100));
}
