using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Diagnostics;

/// <summary>
/// The log for events that a stranger can cause as often as he likes: who sends too much must not fill the log with it. Of each event ten
/// are said at once, and then one every ten seconds, which tells how many were left out before it. A method for such an event takes this in
/// the place of a logger. Safe for use by several threads.
/// </summary>
internal sealed class StrangersLog(PlainLogger logger, TimeProvider timeProvider) : ILogger
{
    public const int AtOnce = 10;

    /// <summary>A class has a few events, and no stranger can add one.</summary>
    private const int MaxEvents = 100;

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Allowances<int> _allowances = new(AtOnce, Every, timeProvider, MaxEvents);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _leftOut = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!logger.IsEnabled(logLevel)) return;
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

        logger.Log(logLevel, eventId, state, exception, leftOut == 0
            ? formatter
            : (said, thrown) => FormattableString.Invariant($"{formatter(said, thrown)} Before it {leftOut} of this kind were left out."));
    }
}
