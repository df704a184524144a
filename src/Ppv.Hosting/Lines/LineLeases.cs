using Microsoft.Extensions.Options;
using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>Waits on behalf of a <see cref="LeaseTable"/>: it brings threads, deadlines and time to it, and decides nothing.</summary>
internal sealed class LineLeases : ILineAllocator, IDisposable
{
    /// <summary>Longer than any caller waits, shorter than what a timer can take.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly LeaseTable _table;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;
    private readonly int _lineCount;
    private DateTimeOffset? _alarm;

    public LineLeases(IOptions<PpvServerOptions> options, TimeProvider timeProvider)
    {
        (_table, _timeProvider) = (new LeaseTable(options.Value.Server), timeProvider);
        _lineCount = new LineRange(options.Value.Server.FirstLine, options.Value.Server.LastLine).Count;
        _timer = timeProvider.CreateTimer(
            static leases => ((LineLeases)leases!).Awake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LeaseCounts Counts
    {
        get { lock (_gate) return _table.Count(_timeProvider.GetUtcNow()); }
    }

    public LineUse Use
    {
        get
        {
            var counts = Counts;
            return new LineUse(counts.Busy, counts.Leased, _lineCount);
        }
    }

    public IReadOnlyList<LineStatus> Lines
    {
        get { lock (_gate) return _table.Look(_timeProvider.GetUtcNow()); }
    }

    /// <summary>Rebuilds leases and rests from what a journal knows; see <see cref="LeaseTable.Restore"/>.</summary>
    public void Restore(IEnumerable<Lease> leases) => Change(now => _table.Restore(leases, now));

    /// <summary>Lets lines rest; see <see cref="LeaseTable.RestoreRests"/>.</summary>
    public void RestoreRests(IEnumerable<Lease> leases) => Change(now => _table.RestoreRests(leases, now));

    /// <summary>Forgets what another worker may have made untrue; see <see cref="LeaseTable.StartOver"/>.</summary>
    public void StartOver() => Change(_table.StartOver);

    /// <summary>What the next worker has to know; see <see cref="LeaseTable.Export"/>.</summary>
    public LeaseSnapshot Export()
    {
        lock (_gate) return _table.Export(_timeProvider.GetUtcNow());
    }

    /// <summary>Takes over what another worker has handed over; see <see cref="LeaseTable.Import"/>.</summary>
    public void Import(LeaseSnapshot snapshot) => Change(now => _table.Import(snapshot, now));

    /// <summary>Whether a call is in progress or was confirmed lately; see <see cref="LeaseTable.Knows"/>.</summary>
    public bool Knows(ConnectionId call)
    {
        var knows = false;
        Change(now => knows = _table.Knows(call, now));
        return knows;
    }

    public async ValueTask<LineAccess> AcquireAsync(
        ConnectionId? call, PpvCommandKind command, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = deadline - _timeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero) return new LineAccess(Late(call, command));

        LineRequest request = null!;
        Change(now => request = _table.Enter(call, command, now));
        if (!request.IsDecided) await WaitAsync(request, left, cancellationToken).ConfigureAwait(false);
        var access = await AccessOfAsync(request).ConfigureAwait(false);
        if (!cancellationToken.IsCancellationRequested) return access;

        if (access.Decision.Verdict == LineVerdict.Granted) access.NotSent();
        throw new OperationCanceledException(cancellationToken);
    }

    public void Dispose() => _timer.Dispose();

    private LineDecision Late(ConnectionId? call, PpvCommandKind command)
    {
        LineDecision decision = null!;
        Change(now => decision = _table.EnterLate(call, command, now));
        return decision;
    }

    private async Task WaitAsync(LineRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit < LongestWait ? limit : LongestWait, _timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var giveUp = end.Token.UnsafeRegister(_ => Change(now => _table.Leave(request, now)), null);
        await request.Decision.ConfigureAwait(false);
    }

    private async Task<LineAccess> AccessOfAsync(LineRequest request)
    {
        var decision = await request.Decision.ConfigureAwait(false);
        return decision.Verdict == LineVerdict.Granted
            ? new LineAccess(decision, (end, answer) => Complete(request, end, answer))
            : new LineAccess(decision);
    }

    private Lease Complete(LineRequest request, CommandEnd end, string? answer)
    {
        Lease lease = null!;
        Change(now => lease = _table.Complete(request, end, answer, now));
        return lease;
    }

    private void Awake()
    {
        lock (_gate) _alarm = null;
        Change(_table.Advance);
    }

    private void Change(Action<DateTimeOffset> change)
    {
        lock (_gate)
        {
            var now = _timeProvider.GetUtcNow();
            change(now);
            SetAlarm(now);
        }
    }

    /// <summary>One timer, set to when something can change by itself: nobody polls.</summary>
    private void SetAlarm(DateTimeOffset now)
    {
        var next = _table.NextChange(now);
        if (next == _alarm) return;
        _alarm = next;
        // Whole milliseconds, which is what a timer counts: it must not fire just before the moment.
        var due = next is { } moment ? TimeSpan.FromMilliseconds(Math.Ceiling((moment - now).TotalMilliseconds)) : Timeout.InfiniteTimeSpan;
        _timer.Change(due < LongestWait ? due : LongestWait, Timeout.InfiniteTimeSpan);
    }
}
