using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>Which line a call gets that has none, and whether it may wait for one. Pure. Not safe for use by several threads.</summary>
/// <param name="options">Which lines there are, and how long a call keeps one that others wait for.</param>
/// <param name="room">How many calls may wait.</param>
/// <param name="sharePercent">See <see cref="LineShares"/>.</param>
internal sealed class LineChoice(WorkerOptions options, int room, int sharePercent)
{
    /// <summary>How many commands of one call may be under way: more than anybody sends who waits for answers.</summary>
    private const int CommandsOfCall = 8;

    private readonly LineShares _shares = new(new LineRange(options.FirstLine, options.LastLine).Count, room, sharePercent);

    public LinePool Lines { get; } = new(
        new LineRange(options.FirstLine, options.LastLine), options.NoConnIdLine is { } line ? new LineNumber(line) : null);

    /// <summary>For how long at least nobody else gets a line that a call has used, unless that is on disk first.</summary>
    public TimeSpan EarliestReuse => options.LeaseReclaim < options.LineRest ? options.LeaseReclaim : options.LineRest;

    /// <inheritdoc cref="LineShares.Note"/>
    public void Note(string? client, DateTimeOffset now) => _shares.Note(client, now);

    /// <summary>How many lines belong to calls, by the calls' owners; "" is nobody in particular, and always there.</summary>
    public IReadOnlyDictionary<string, int> CountByOwner() => Lines.Holders.Select(call => call.Id?.Owner ?? "").Append("")
        .GroupBy(owner => owner, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(owner => owner.Key, owner => owner.Count() - (owner.Key.Length == 0 ? 1 : 0), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether one more command of a call may wait. Of a call that has a line only its own commands count: those of others never turn it
    /// away.
    /// </summary>
    public bool HasRoom(CallState call, WaitingCalls waiting, DateTimeOffset now)
    {
        if (call.Id is null) return call.Requests.Count < Math.Max(CommandsOfCall, room / 4);
        if (call.Requests.Count >= CommandsOfCall) return false;
        if (call.Lease is not null) return true;
        var (all, ofClient) = waiting.Commands(call.Id.Owner);
        return _shares.HasRoom(all, ofClient, now);
    }

    /// <summary>
    /// A free line within the client's share; else one that another call has not used for long enough, has had for too long, or has beyond
    /// its client's share. Beyond its share a client has only lines of its own other calls.
    /// </summary>
    /// <returns>The line, the call that loses it, and whether that one has used it until a moment ago; or that there is none.</returns>
    public (LineNumber Line, CallState? From, bool IsEarly)? LineFor(CallState call, DateTimeOffset now)
    {
        var onlyOwn = call.Id is not null && _shares.IsReachedBy(LinesOf(call.Id.Owner, now), now);
        if (!onlyOwn && Lines.Find(call.Id, now) is { } line) return (line, null, Lines.IsEarly(line, now));
        if (call.Id is null || LongestIdle(call.Id.Owner, onlyOwn, now) is not { Lease: { } lease } idle) return null;
        return (lease.Line, idle, lease.LastActivity + EarliestReuse > now);
    }

    // One that yields comes last: its call may try again as soon as what kept it back is over.
    private CallState? LongestIdle(string? client, bool onlyOwn, DateTimeOffset now) => Lines.Holders
        .Where(call => call.Id is not null && call.IsIdle && (!onlyOwn || WaitingCalls.IsOf(call, client))
            && (call.Lease!.MayBeTaken(now, options) || (!onlyOwn && _shares.IsExceededBy(LinesOf(call.Id.Owner, now), now))))
        .MinBy(call => (call.Lease!.IsYielding, call.Lease.LastActivity));

    /// <summary>
    /// Whether a call that never pauses has had its line for too long: somebody waits who may have it, and has no other one.
    /// </summary>
    public bool MustYield(CallState call, WaitingCalls waiting, DateTimeOffset now) => call.Id is not null
        && call.Lease!.Began + options.LeaseLifetime <= now
        && waiting.InOrder().Any(other => other.Call.Id is { } id && LineFor(other.Call, now) is null
            && (!_shares.IsReachedBy(LinesOf(id.Owner, now), now) || WaitingCalls.IsOf(call, id.Owner)));

    /// <summary>When shares end by themselves, as the other clients are not heard of any more; <see langword="null"/>: not.</summary>
    public DateTimeOffset? SharesEnd => _shares.EndAt;

    private int LinesOf(string? client, DateTimeOffset now) =>
        _shares.AreInEffect(now) ? Lines.Holders.Count(call => call.Id is not null && WaitingCalls.IsOf(call, client)) : 0;
}
