using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;

namespace Ppv.Rpc.Client;

/// <summary>A connection that is ready for requests, and how many use it. Safe for use by several threads.</summary>
internal sealed class ClientSession(IBrokerConnection connection, PresenceConnection presence)
{
    private readonly Lock _counting = new();
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isRetired;
    private int _uses;

    public IBrokerConnection Connection => connection;

    public PresenceConnection Presence => presence;

    public string ReplyAddress => presence.ReplyAddress;

    /// <summary>When the last of its requests ends at the latest; to be read when no more can begin.</summary>
    public DateTimeOffset LastDeadline { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>A request begins; where it may, <see cref="EndUse"/> is to be called when it ends.</summary>
    /// <param name="deadline">When it ends at the latest.</param>
    /// <returns><see langword="false"/> when another session is in use by now.</returns>
    public bool TryUse(DateTimeOffset deadline)
    {
        lock (_counting)
        {
            if (_isRetired) return false;
            _uses++;
            if (deadline > LastDeadline) LastDeadline = deadline;
            return true;
        }
    }

    /// <summary>A request has ended.</summary>
    public void EndUse()
    {
        lock (_counting)
        {
            if (--_uses == 0 && _isRetired) _unused.TrySetResult();
        }
    }

    /// <summary>Lets no more requests begin; completes when the last one has ended.</summary>
    public Task RetireAsync()
    {
        lock (_counting)
        {
            _isRetired = true;
            if (_uses == 0) _unused.TrySetResult();
            return _unused.Task;
        }
    }
}
