using Microsoft.Extensions.Options;
using Ppv.Hosting.Telemetry;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Clocks;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>
/// Waits on behalf of a <see cref="LeaseTable"/>: it brings threads, deadlines and time to it, and decides nothing. The table's time is a
/// <see cref="SteadyClock"/>'s, so that setting the machine's clock neither keeps a lease or a rest nor ends one; what comes in and goes
/// out is turned over by <see cref="LeaseTimes"/>. While a machine is suspended leases may live longer.
/// </summary>
internal sealed class LineLeases : ILineAllocator, IDisposable
{
    /// <summary>Shorter than what a timer can take; what comes later is looked at again then.</summary>
    private static readonly TimeSpan LongestAlarm = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly LeaseTable _table;
    private readonly TimeProvider _timeProvider;
    private readonly SteadyClock _clock;
    private readonly TimeSpan _longestRest;
    private readonly ITimer _timer;
    private readonly int _lineCount;
    private DateTimeOffset? _alarm;

    public LineLeases(IOptions<PpvServerOptions> options, TimeProvider timeProvider)
    {
        (_table, _timeProvider, _clock) = (TableOf(options.Value), timeProvider, new SteadyClock(timeProvider));
        var server = options.Value.Server;
        _longestRest = server.LineRest > server.TakeoverRest ? server.LineRest : server.TakeoverRest;
        _lineCount = new LineRange(options.Value.Server.FirstLine, options.Value.Server.LastLine).Count;
        _timer = timeProvider.CreateTimer(
            static leases => ((LineLeases)leases!).Awake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static LeaseTable TableOf(PpvServerOptions options) => new(
        options.Server, options.Server.MaxWaitingCommands ?? Math.Max(1, options.Rpc.Prefetch / 2), options.Rpc.ClientSharePercent);

    public LeaseCounts Counts
    {
        get { lock (_gate) return _table.Count(_clock.Now); }
    }

    public LineUse Use
    {
        get
        {
            lock (_gate) return new LineUse(_table.Count(_clock.Now).Busy, _table.Choice.CountByOwner(), _lineCount);
        }
    }

    public IReadOnlyList<LineStatus> Lines
    {
        get
        {
            var offset = _clock.Offset;
            lock (_gate) return [.. _table.Look(_clock.Now).Select(line => LeaseTimes.Write(line, offset))];
        }
    }

    /// <summary>
    /// Rebuilds leases from what a journal knows, in the order in which it came; see <see cref="LeaseTable.Restore"/>.
    /// </summary>
    /// <param name="leases">The leases.</param>
    /// <param name="newest">When something was recorded last, by the clock that wrote all of it.</param>
    /// <returns>Whether the machine's clock was set back meanwhile, so that not every call has its line again.</returns>
    public bool Restore(IEnumerable<Lease> leases, DateTimeOffset newest)
    {
        var wasSetBack = false;
        Change(now =>
        {
            (var read, wasSetBack) = LeaseTimes.Read(leases, newest, _timeProvider.GetUtcNow(), now, _clock.Elapsed);
            _table.Restore(read, now);
        });
        return wasSetBack;
    }

    /// <summary>Lets lines rest; see <see cref="LeaseTable.RestoreRests"/>.</summary>
    public void RestoreRests(IEnumerable<Lease> lastOnLines, DateTimeOffset newest) => Change(now => _table.RestoreRests(
        LeaseTimes.Read(lastOnLines, newest, _timeProvider.GetUtcNow(), now, _clock.Elapsed).Leases, now));

    /// <summary>Lets every line rest; see <see cref="LeaseTable.RestAll"/>.</summary>
    /// <param name="sinceStart">Whether nobody can have used the lines since this process was started.</param>
    public void RestAll(bool sinceStart) => Change(now => _table.RestAll(sinceStart ? now - _clock.Elapsed : now));

    /// <summary>See <see cref="LeaseTable.RestAfterDeath"/>.</summary>
    /// <param name="age">How long ago the lines were taken over; also by an earlier process of this worker.</param>
    public void RestAfterDeath(TimeSpan age = default) => Change(now => _table.RestAfterDeath(age > TimeSpan.Zero ? now - age : now));

    /// <summary>Forgets what another worker may have made untrue; see <see cref="LeaseTable.StartOver"/>.</summary>
    public void StartOver() => Change(_table.StartOver);

    /// <summary>What the next worker has to know; see <see cref="LeaseTable.Export"/>.</summary>
    public LeaseSnapshot Export()
    {
        lock (_gate)
        {
            var now = _clock.Now;
            return LeaseTimes.Write(_table.Export(now), now, _clock.Offset);
        }
    }

    /// <summary>Takes over what another worker has handed over; see <see cref="LeaseTable.Import"/>.</summary>
    public void Import(LeaseSnapshot snapshot) => Change(
        now => _table.Import(LeaseTimes.Read(snapshot, _timeProvider.GetUtcNow(), now, _longestRest), now));

    /// <summary>Whether a call is in progress or was confirmed lately; see <see cref="LeaseTable.Knows"/>.</summary>
    public bool Knows(ConnectionId call)
    {
        var knows = false;
        Change(now => knows = _table.Knows(call, now));
        return knows;
    }

    public bool Told(PpvOrder order, bool isOk)
    {
        var isLost = false;
        Change(now => isLost = _table.Told(order, isOk, now));
        return isLost;
    }

    public async ValueTask<LineAccess> AcquireAsync(
        PpvOrder order, DateTimeOffset deadline, CancellationToken cancellationToken, Action? onTakesAway = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = RpcRules.Bounded(deadline - _timeProvider.GetUtcNow());
        LineRequest? request = null;
        LineDecision late = null!;
        var takesAway = false;
        Change(now =>
        {
            // With its place, so that nothing comes between. What is not sent need not say it twice.
            (takesAway, var isSaid) = (_table.TakesAway(order), _table.IsSaid(order));
            if (left > TimeSpan.Zero) request = _table.Enter(order, now);
            else late = _table.EnterLate(order, now);
            if (isSaid && request is null or { IsTurnedAway: true }) takesAway = false;
        });
        if (takesAway) onTakesAway?.Invoke();
        if (request is null) return new LineAccess(late);
        if (!request.IsDecided) await WaitAsync(request, left, cancellationToken).ConfigureAwait(false);
        var access = await AccessOfAsync(request).ConfigureAwait(false);
        if (!cancellationToken.IsCancellationRequested) return access;

        if (access.Decision.Verdict == LineVerdict.Granted) access.NotSent();
        throw new OperationCanceledException(cancellationToken);
    }

    public void Dispose() => _timer.Dispose();

    private async Task WaitAsync(LineRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, _timeProvider);
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
            var now = _clock.Now;
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
        _timer.Change(due < LongestAlarm ? due : LongestAlarm, Timeout.InfiniteTimeSpan);
    }
}
