using Microsoft.Extensions.Logging;
using Ppv.Rpc.Connection;

namespace Ppv.Rpc.Diagnostics;

/// <summary>
/// Tells an event's handlers, in order and one event at a time, apart from the work that raises it: a handler that blocks holds up later events only, and one that
/// throws nothing at all. Safe for use by several threads.
/// </summary>
/// <param name="name">The event, for the log.</param>
/// <param name="logger">Where failures go.</param>
internal sealed class EventDispatcher(string name, ILogger logger)
{
    /// <summary>How many events may wait for slow handlers; then the oldest is dropped.</summary>
    public const int Limit = 1_000;

    private readonly Lock _lock = new();
    private readonly Queue<Action> _waiting = new();
    private bool _isTelling, _isBehind;

    /// <summary>Has the handlers told that there are now; returns at once.</summary>
    public void Raise<TArgs>(EventHandler<TArgs>? handlers, object sender, TArgs args)
    {
        if (handlers is null) return;
        lock (_lock)
        {
            if (_waiting.Count == Limit)
            {
                _waiting.Dequeue();
                if (!_isBehind) ConnectionLog.HandlersBehind(logger, name, Limit);
                _isBehind = true;
            }

            _waiting.Enqueue(() => Tell(handlers, sender, args));
            if (_isTelling) return;
            _isTelling = true;
        }

        _ = Task.Run(TellAll);
    }

    private void TellAll()
    {
        while (true)
        {
            Action? next;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _isTelling = _isBehind = false;
                    return;
                }
            }

            next();
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
                ConnectionLog.HandlerFailed(logger, name, e);
            }
        }
    }
}
