using Ppv.Hosting.Board.State;

namespace Ppv.Hosting.Board.Views;

/// <summary>What the concerns come to, and since when. Safe for use by several threads.</summary>
internal sealed class VerdictHistory(DateTimeOffset begun)
{
    private readonly Lock _gate = new();
    private (BoardLevel Level, DateTimeOffset Since)? _latest;

    /// <summary>The verdict on what is the case now.</summary>
    public BoardVerdict Judge(IReadOnlyList<Concern> concerns, DateTimeOffset now)
    {
        var level = concerns.Select(concern => concern.Level).DefaultIfEmpty(BoardLevel.Ok).Max();
        // What is no concern by itself is not told beside one.
        var reasons = concerns.Where(concern => concern.Level > BoardLevel.Ok || level == BoardLevel.Ok)
            .OrderByDescending(concern => concern.Level).Select(concern => concern.Text).Distinct();
        lock (_gate)
        {
            if (_latest is null) _latest = (level, begun);
            else if (_latest.Value.Level != level) _latest = (level, now);
            return new BoardVerdict(level, _latest.Value.Since, [.. reasons]);
        }
    }
}
