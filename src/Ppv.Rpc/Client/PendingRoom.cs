using Ppv.Rpc.Messages;

namespace Ppv.Rpc.Client;

/// <summary>
/// How many requests may wait for an answer. What begins something is turned away first: it has three quarters of the room. What may go on
/// has an eighth more, which no new call takes; the last eighth nobody takes who only says that his call goes on. One client leaves room
/// for others, while there are any, but not with what is known to go on. Pure. Not safe for use by several threads.
/// </summary>
/// <param name="limit">How many may wait in all.</param>
/// <param name="sharePercent">The part of the room that one client may take while there are others.</param>
internal sealed class PendingRoom(int limit, int sharePercent)
{
    private readonly Dictionary<string, Counts> _byClient = new(StringComparer.OrdinalIgnoreCase);
    private readonly ClientShares _clients = new(sharePercent);
    private int _count;
    private Counts _all;

    private int ForBeginnings => limit - (limit / 4);

    private int ForUnproven => limit - (limit / 8);

    /// <summary>A request is about to wait.</summary>
    /// <param name="client">Whose it is; <see langword="null"/>: nobody's in particular.</param>
    /// <param name="rank">What it is turned away for.</param>
    /// <param name="now">The time, by a clock that is not set.</param>
    /// <param name="isQuestion">Whether it is a question of this program's, by which nobody can tell whose it is.</param>
    /// <returns>Whether it may.</returns>
    public bool TryEnter(string? client, RequestRank rank, TimeSpan now, bool isQuestion = false)
    {
        if (!isQuestion) _clients.Note(client, now);
        if (_count >= limit) return false;
        if (rank != RequestRank.GoesOn)
        {
            if (!IsRoom(_all, rank, ForBeginnings, ForUnproven)) return false;
            if (_clients.AreSeveral(now) && !IsRoom(
                _byClient.GetValueOrDefault(client ?? ""), rank, _clients.PartOf(ForBeginnings), _clients.PartOf(ForUnproven)))
                return false;
        }

        Change(client, rank, 1);
        return true;
    }

    /// <summary>A request that had entered waits no more.</summary>
    public void Leave(string? client, RequestRank rank) => Change(client, rank, -1);

    private static bool IsRoom(Counts taken, RequestRank rank, int forBeginnings, int forUnproven) =>
        taken.Unproven < forUnproven && (rank != RequestRank.Begins || taken.Begun < forBeginnings);

    private void Change(string? client, RequestRank rank, int by)
    {
        _count += by;
        if (rank == RequestRank.GoesOn) return;
        _all = _all.Changed(rank, by);
        var name = client ?? "";
        var own = _byClient.GetValueOrDefault(name).Changed(rank, by);
        if (own.Unproven == 0) _byClient.Remove(name);
        else _byClient[name] = own;
    }

    /// <param name="Unproven">How many are not known to go on: those that begin are among them.</param>
    /// <param name="Begun">How many begin.</param>
    private readonly record struct Counts(int Unproven, int Begun)
    {
        public Counts Changed(RequestRank rank, int by) => new(Unproven + by, rank == RequestRank.Begins ? Begun + by : Begun);
    }
}
