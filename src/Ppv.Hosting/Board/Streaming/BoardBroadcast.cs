using Ppv.Hosting.Board.State;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Board.Streaming;

/// <summary>
/// Makes the board's state once for all who watch, once per tick and only while there are any, and tells it when it has changed. Safe for
/// use by several threads.
/// </summary>
/// <param name="build">Makes the state.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">For what must not happen.</param>
internal sealed class BoardBroadcast(Func<Task<BoardState>> build, TimeProvider timeProvider, PlainLogger logger)
{
    /// <summary>How many may watch at once.</summary>
    public const int MaxReaders = 100;

    /// <summary>How often the state is made.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>How often it is told although nothing has changed.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromSeconds(5);

    /// <summary>How often the stream has a comment.</summary>
    public static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly HashSet<BoardReader> _readers = [];
    private byte[]? _latest;
    private bool _isRunning;
    private bool _isEnded;

    /// <summary>How many watch now.</summary>
    public int Readers
    {
        get { lock (_gate) return _readers.Count; }
    }

    /// <summary>Whether the state is made now and then, because somebody watches.</summary>
    public bool IsRunning
    {
        get { lock (_gate) return _isRunning; }
    }

    /// <summary>Watches from now on; the state comes at once.</summary>
    /// <returns><see langword="null"/> when too many do.</returns>
    public BoardReader? TryJoin()
    {
        var reader = new BoardReader();
        lock (_gate)
        {
            if (_readers.Count >= MaxReaders) return null;
            if (_isEnded)
            {
                reader.Offer(BoardFrames.Bye);
                reader.End();
                return reader;
            }

            _readers.Add(reader);
            if (_latest is { } json) reader.Offer(BoardFrames.State(json, withPing: false));
            if (_isRunning) return reader;
            _isRunning = true;
        }

        _ = Task.Run(RunAsync);
        return reader;
    }

    /// <summary>Watches no more.</summary>
    public void Leave(BoardReader reader)
    {
        lock (_gate) _readers.Remove(reader);
    }

    /// <summary>The state as JSON: what those who watch were told last, or else made for the one who asks.</summary>
    public async Task<byte[]> StateAsync()
    {
        lock (_gate)
        {
            if (_latest is { } json) return json;
        }

        return BoardFrames.Json(await build().ConfigureAwait(false));
    }

    /// <summary>Everybody who watches is told goodbye; nobody may any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            foreach (var reader in _readers) reader.Offer(BoardFrames.Bye);
            SendAway();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Tick, timeProvider);
            var (told, toldAt, pingedAt) = (Array.Empty<byte>(), (long?)null, timeProvider.GetTimestamp());
            do
            {
                var state = await build().ConfigureAwait(false);
                var (json, content) = (BoardFrames.Json(state), BoardFrames.WithoutMoment(state));
                var now = timeProvider.GetTimestamp();
                var isPingDue = timeProvider.GetElapsedTime(pingedAt, now) >= Ping;
                var isRepeatDue = toldAt is not { } at || timeProvider.GetElapsedTime(at, now) >= Repeat;
                var isToTell = isPingDue || isRepeatDue || !content.AsSpan().SequenceEqual(told);
                if (isPingDue) pingedAt = now;
                if (isToTell) (told, toldAt) = (content, now);
                if (!Tell(json, isToTell, isPingDue)) return;
            }
            while (await timer.WaitForNextTickAsync().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            // Nobody awaits this. Who watched comes again, and starts it anew.
            BoardLog.Failed(logger, e);
            lock (_gate)
            {
                SendAway();
                (_isRunning, _latest) = (false, null);
            }
        }
    }

    /// <returns>Whether there is anybody left to tell.</returns>
    private bool Tell(byte[] json, bool isToTell, bool withPing)
    {
        lock (_gate)
        {
            if (_readers.Count == 0)
            {
                (_isRunning, _latest) = (false, null);
                return false;
            }

            _latest = json;
            if (!isToTell) return true;
            var frame = BoardFrames.State(json, withPing);
            foreach (var reader in _readers) reader.Offer(frame);
            return true;
        }
    }

    private void SendAway()
    {
        foreach (var reader in _readers) reader.End();
        _readers.Clear();
    }
}
