using Ppv.Protocol;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Samples.Cli.Bench;

/// <summary>Takes down what happens, and says at any time what it came to so far. Safe for use by several threads.</summary>
internal sealed class BenchRecorder
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly bool _isOpen;
    private readonly Latency _intended = new(), _actual = new(), _lag = new(), _ofSecond = new(), _lineWait = new();
    private readonly Dictionary<PpvCommandKind, Latency> _steps = [];
    private readonly SortedDictionary<string, long> _codes = new(StringComparer.Ordinal);
    private readonly List<BenchSecond> _seconds = [];
    private BenchSecond _second = new() { Second = 0 };
    private long _begun, _ended, _failed, _abandoned, _orders, _endedInLoad, _ordersInLoad;
    private TimeSpan? _lastStart, _load;

    /// <param name="time">The clock.</param>
    /// <param name="isOpen">Whether calls have a time at which they are to start.</param>
    public BenchRecorder(TimeProvider time, bool isOpen) => (_time, _isOpen, _started) = (time, isOpen, time.GetTimestamp());

    /// <summary>How long ago it began.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>A call begins.</summary>
    /// <param name="intended">When it was to.</param>
    public void Begin(TimeSpan intended)
    {
        lock (_lock)
        {
            var now = Turn();
            _begun++;
            _lastStart = now;
            _second = _second with { Started = _second.Started + 1 };
            if (_isOpen) _lag.Record(now - intended);
        }
    }

    /// <summary>A call has got one of the lines that calls may have.</summary>
    public void HasLine(TimeSpan waited)
    {
        lock (_lock) _lineWait.Record(waited);
    }

    /// <summary>An order was answered, or was not.</summary>
    public void Order(PpvCommandKind kind, TimeSpan took, RouteAnswer answer)
    {
        var code = answer.Status is not (null or 200) ? $"HTTP {answer.Status}"
            : answer.Code ?? (answer.Failure is null ? "no code" : "no answer");
        lock (_lock)
        {
            Turn();
            _orders++;
            _second = _second with { Orders = _second.Orders + 1 };
            _codes[code] = _codes.GetValueOrDefault(code) + 1;
            if (!_steps.TryGetValue(kind, out var step)) _steps.Add(kind, step = new Latency());
            step.Record(took);
        }
    }

    /// <summary>A call is over.</summary>
    /// <param name="intended">When it was to begin.</param>
    /// <param name="actual">When its first order was sent.</param>
    /// <param name="isOk">Whether all of it was answered OK.</param>
    public void End(TimeSpan intended, TimeSpan actual, bool isOk)
    {
        lock (_lock)
        {
            var now = Turn();
            _ended++;
            if (!isOk) _failed++;
            _second = _second with { Ended = _second.Ended + 1, Failed = _second.Failed + (isOk ? 0 : 1) };
            _intended.Record(now - intended);
            _actual.Record(now - actual);
            _ofSecond.Record(now - (_isOpen ? intended : actual));
        }
    }

    /// <summary>A call was given up before its end: an error, as late as it is old by now.</summary>
    /// <param name="intended">When it was to begin.</param>
    /// <param name="actual">When its first order was sent.</param>
    public void Abandon(TimeSpan intended, TimeSpan actual)
    {
        lock (_lock)
        {
            var now = Turn();
            _abandoned++;
            _failed++;
            _second = _second with { Failed = _second.Failed + 1 };
            _intended.Record(now - intended);
            _actual.Record(now - actual);
        }
    }

    /// <summary>No call starts any more: what comes now is the wait for the last answers.</summary>
    public void EndLoad()
    {
        lock (_lock) (_load, _endedInLoad, _ordersInLoad) = (Turn(), _ended, _orders);
    }

    /// <summary>What it came to so far.</summary>
    /// <param name="plan">What was asked for.</param>
    /// <param name="isInterrupted">Whether it was stopped early.</param>
    public BenchResult Result(BenchPlan plan, bool isInterrupted)
    {
        lock (_lock)
        {
            var elapsed = Turn();
            return new BenchResult
            {
                Plan = plan,
                IsInterrupted = isInterrupted,
                Elapsed = elapsed,
                // Of one that was shorter than its calls the rate says nothing.
                Load = _load is { } load && load >= TimeSpan.FromSeconds(1)
                    ? (load, _endedInLoad, _ordersInLoad)
                    : (elapsed, _ended, _orders),
                StartedOver = _lastStart ?? TimeSpan.Zero,
                Started = _begun,
                Ended = _ended,
                Failed = _failed,
                Abandoned = _abandoned,
                Orders = _orders,
                Latency = (_isOpen ? _intended : _actual).Copy(),
                ActualLatency = _actual.Copy(),
                Lag = _lag.Copy(),
                LineWait = _lineWait.Copy(),
                Steps = _steps.OrderBy(step => step.Key).ToDictionary(step => BenchPlan.NameOf(step.Key), step => step.Value.Copy()),
                Codes = new SortedDictionary<string, long>(_codes, StringComparer.Ordinal),
                Seconds = [.. _seconds, Closed()],
            };
        }
    }

    // The seconds that are over by now are put away.
    private TimeSpan Turn()
    {
        var now = Elapsed;
        while (_second.Second < (int)now.TotalSeconds)
        {
            _seconds.Add(Closed());
            _second = new BenchSecond { Second = _second.Second + 1 };
            if (_ofSecond.Count > 0) _ofSecond.Clear();
        }

        return now;
    }

    private BenchSecond Closed() => _ofSecond.Count == 0 ? _second : _second with
    {
        P50 = _ofSecond.At(50), P95 = _ofSecond.At(95), P99 = _ofSecond.At(99), Max = _ofSecond.Max,
    };
}
