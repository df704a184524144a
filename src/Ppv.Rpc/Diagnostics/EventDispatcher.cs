using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Diagnostics;

/// <summary>
/// Tells an event's handlers, in order and one event at a time, apart from the work that raises it: a handler that blocks holds up later
/// events only, and one that throws nothing at all. Safe for use by several threads.
/// </summary>
internal sealed class EventDispatcher
{
    /// <summary>How many events may wait for slow handlers; then the oldest is dropped.</summary>
    public const int Limit = 1_000;

    private readonly Channel<Action> _waiting;
    private readonly string _name;
    private readonly PlainLogger _logger;
    private int _isBehind;

    /// <param name="name">The event, for the log.</param>
    /// <param name="logger">Where failures go.</param>
    public EventDispatcher(string name, PlainLogger logger)
    {
        (_name, _logger) = (name, logger);
        var options = new BoundedChannelOptions(Limit) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _waiting = Channel.CreateBounded<Action>(options, _ => OnDropped());
        _ = TellAllAsync();
    }

    /// <summary>Has the handlers told that there are now; returns at once.</summary>
    public void Raise<TArgs>(EventHandler<TArgs>? handlers, object sender, TArgs args)
    {
        if (handlers is not null) _waiting.Writer.TryWrite(() => Tell(handlers, sender, args));
    }

    private void OnDropped()
    {
        if (Interlocked.Exchange(ref _isBehind, 1) == 0) EventLog.HandlersBehind(_logger, _name, Limit);
    }

    private async Task TellAllAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_waiting.Reader.TryRead(out var next)) next();
            Volatile.Write(ref _isBehind, 0);
        }
    }

    private void Tell<TArgs>(EventHandler<TArgs> handlers, object sender, TArgs args)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(sender, args);
            }
            catch (Exception e)
            {
                // Somebody else's code: its fault is told, and concerns nobody else.
                EventLog.HandlerFailed(_logger, _name, e);
            }
        }
    }
}

/// <summary>What the dispatcher tells the log. Event ids 1012 and 1013.</summary>
internal static partial class EventLog
{
    [LoggerMessage(1012, LogLevel.Error, "A handler of {Event} failed; the others and the connection go on.")]
    public static partial void HandlerFailed(PlainLogger logger, string @event, Exception exception);

    [LoggerMessage(1013, LogLevel.Error, "The handlers of {Event} are too slow: {Count} events wait for them, and from now on the oldest "
        + "are dropped. Hand long work off.")]
    public static partial void HandlersBehind(PlainLogger logger, string @event, int count);
}
