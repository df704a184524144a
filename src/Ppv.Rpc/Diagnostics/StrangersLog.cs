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

    /// <summary>For <see cref="Many"/>: more than one outage leaves behind at once.</summary>
    public const int ManyAtOnce = 1_000;

    /// <summary>A class has a few events, and no stranger can add one.</summary>
    private const int MaxEvents = 100;

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10), ManyEvery = TimeSpan.FromSeconds(1);

    private readonly PlainLogger _logger;
    private readonly Allowances<int> _allowances;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _leftOut = [];

    public StrangersLog(PlainLogger logger, TimeProvider timeProvider)
    {
        (_logger, _allowances) = (logger, new Allowances<int>(AtOnce, Every, timeProvider, MaxEvents));
        Many = new StrangersLog(logger, new Allowances<int>(ManyAtOnce, ManyEvery, timeProvider, MaxEvents));
    }

    private StrangersLog(PlainLogger logger, Allowances<int> allowances) => (_logger, _allowances, Many) = (logger, allowances, this);

    /// <summary>
    /// The same log with room for each that somebody should know of, and for no flood of them: 1,000 at once, then one a second.
    /// </summary>
    public StrangersLog Many { get; }

    /// <summary>
    /// For what became of an order: anybody can have orders refused as fast as he sends them. What is unknown is somebody's to settle, and
    /// can be had at will as well, as by an id of long ago; the journal lists each.
    /// </summary>
    public StrangersLog For(RpcOutcome outcome) => outcome switch
    {
        RpcOutcome.NotExecuted => this,
        _ => Many,
    };

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!_logger.IsEnabled(logLevel)) return;
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
