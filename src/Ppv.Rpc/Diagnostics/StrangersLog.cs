using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Diagnostics;

/// <summary>
/// The log for events that a stranger can cause as often as he likes: who sends too much must not fill the log with it. Of each event ten
/// are said at once, and then one every ten seconds, which tells how many were left out before it. A method for such an event takes this in
/// the place of a logger. Safe for use by several threads.
/// </summary>
internal sealed class StrangersLog : ILogger
{
    public const int AtOnce = 10;

    /// <summary>A class has a few events, and no stranger can add one.</summary>
    private const int MaxEvents = 100;

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly PlainLogger _logger;
    private readonly Allowances<int>? _allowances;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _leftOut = [];

    public StrangersLog(PlainLogger logger, TimeProvider timeProvider)
    {
        (_logger, _allowances) = (logger, new Allowances<int>(AtOnce, Every, timeProvider, MaxEvents));
        EachTime = new StrangersLog(logger);
    }

    private StrangersLog(PlainLogger logger) => (_logger, EachTime) = (logger, this);

    /// <summary>The same log without a limit, for those of an event's kind that somebody must know of, each of them.</summary>
    public StrangersLog EachTime { get; }

    /// <summary>
    /// For what became of an order: anybody can have orders refused as fast as he sends them; each that is unknown is somebody's to settle.
    /// </summary>
    public StrangersLog For(RpcOutcome outcome) => outcome switch
    {
        RpcOutcome.NotExecuted => this,
        _ => EachTime,
    };

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!_logger.IsEnabled(logLevel)) return;
        if (_allowances is null)
        {
            _logger.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        long leftOut;
        lock (_gate)
        {
            leftOut = _leftOut.GetValueOrDefault(eventId.Id);
            if (!_allowances.TryTake(eventId.Id))
            {
                _leftOut[eventId.Id] = leftOut + 1;
                return;
            }

            _leftOut.Remove(eventId.Id);
        }

        _logger.Log(logLevel, eventId, state, exception, leftOut == 0
            ? formatter
            : (said, thrown) => FormattableString.Invariant($"{formatter(said, thrown)} Before it {leftOut} of this kind were left out."));
    }
}
