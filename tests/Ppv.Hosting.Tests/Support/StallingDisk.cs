namespace Ppv.Hosting.Tests;

/// <summary>A disk that takes nothing for a while: whoever writes waits.</summary>
internal sealed class StallingDisk
{
    private readonly object _gate = new();
    private bool _isStalled, _isHolding, _isBehind;

    /// <summary>Whether somebody waits for it.</summary>
    public bool IsHolding
    {
        get { lock (_gate) return _isHolding; }
    }

    /// <summary>Whether what somebody waited with may not be on it yet: nobody has begun to write since.</summary>
    public bool IsBehind
    {
        get { lock (_gate) return _isBehind; }
    }

    public void Stall()
    {
        lock (_gate) _isStalled = true;
    }

    public void Release()
    {
        lock (_gate)
        {
            _isStalled = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>To be called before each write.</summary>
    public void Write()
    {
        lock (_gate)
        {
            _isHolding = _isBehind = _isStalled;
            while (_isStalled) Monitor.Wait(_gate);
            _isHolding = false;
        }
    }
}
