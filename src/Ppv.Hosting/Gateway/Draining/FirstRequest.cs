namespace Ppv.Hosting.Gateway.Draining;

/// <summary>A connection's first request: awaited from its being accepted until it has begun, or the connection is closed.</summary>
internal sealed class FirstRequest(Action begun)
{
    private int _hasBegun;

    public void Begin()
    {
        if (Interlocked.Exchange(ref _hasBegun, 1) == 0) begun();
    }
}
