using Ppv.Hosting.Control;

namespace Ppv.Hosting.Gateway;

/// <summary>The gateway's intake: each order passes it, and is counted until it is answered.</summary>
internal sealed class GatewayIntake : IIntake
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _empty = Ended();
    private int _underWay;
    private bool _isClosed;

    public string Name => "gateway";

    public bool IsOpen
    {
        get { lock (_gate) return !_isClosed; }
    }

    public int UnderWay
    {
        get { lock (_gate) return _underWay; }
    }

    /// <summary>An order comes in; it is under way until <see cref="Leave"/>.</summary>
    /// <returns>Whether it may.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            if (_underWay++ == 0) _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>The order was answered, or its caller left.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_underWay == 0) _empty.SetResult();
        }
    }

    public Task CloseAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            return _empty.Task;
        }
    }

    public void Open()
    {
        lock (_gate) _isClosed = false;
    }

    private static TaskCompletionSource Ended()
    {
        var ended = new TaskCompletionSource();
        ended.SetResult();
        return ended;
    }
}
