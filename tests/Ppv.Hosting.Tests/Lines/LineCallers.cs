using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Calls that use lines on a clock of their own, and what each of their commands was told.</summary>
internal sealed class LineCallers(LineLeases lines, SteppedClock clock) : IDisposable
{
    private readonly List<Task<LineAccess>> _asked = [];
    private readonly HashSet<int> _ended = [];
    private readonly Dictionary<int, int> _last = [];
    private readonly Dictionary<int, int> _steps = [];

    public LineLeases Lines => lines;

    /// <summary>In the order in which they came; nothing while one waits.</summary>
    public List<(LineVerdict? Verdict, int? Line)> Decisions =>
    [
        .. _asked.Select(asked => asked.IsCompletedSuccessfully
            ? (asked.Result.Decision.Verdict, asked.Result.Decision.Line?.Value)
            : ((LineVerdict?)null, (int?)null)),
    ];

    /// <summary>One step, which depends on nothing but these numbers and what was told so far.</summary>
    public async Task StepAsync(int what, int call, int more)
    {
        if (what <= 4) Ask(call, more);
        else if (what <= 7) End(more);
        else clock.Advance(TimeSpan.FromSeconds(more));

        // The table has decided; that is told on other threads.
        var since = TimeProvider.System.GetTimestamp();
        while (_asked.Count(asked => !asked.IsCompleted) != lines.Counts.Waiting)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Hang.Limit, "a decision was not told");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    public void Dispose()
    {
        foreach (var asked in _asked.Where(asked => asked.IsCompletedSuccessfully)) asked.Result.Dispose();
    }

    /// <summary>A call asks for one thing after the other.</summary>
    private void Ask(int call, int more)
    {
        if (_last.TryGetValue(call, out var last) && !IsOver(last)) return;
        _last[call] = _asked.Count; // No deadline falls on a moment at which something else happens.
        _asked.Add(lines.AcquireAsync(
            TestOrders.Of($"{call + 1}", (PpvCommandKind)(_steps.GetValueOrDefault(call) % 3)),
            clock.GetUtcNow().AddSeconds((more * 2) + (_asked.Count / 1_000.0)), CancellationToken.None).AsTask());
        // Mostly as the voice platform does it.
        _steps[call] = _steps.GetValueOrDefault(call) + (more % 9 == 0 ? 2 : more % 8 == 0 ? 0 : 1);
    }

    private bool IsOver(int at) => _asked[at].IsCompletedSuccessfully
        && (_ended.Contains(at) || _asked[at].Result.Decision.Verdict != LineVerdict.Granted);

    private void End(int more)
    {
        var running = Enumerable.Range(0, _asked.Count).Where(at => !_ended.Contains(at) && _asked[at].IsCompletedSuccessfully
            && _asked[at].Result.Decision.Verdict == LineVerdict.Granted).ToList();
        if (running.Count == 0) return;
        var at = running[more % running.Count];
        _ended.Add(at);
        var access = _asked[at].Result;
        if (more % 13 == 0) access.MaybeSent();
        else if (more % 11 == 0) access.NotSent();
        else access.Answered("OK");
    }
}
