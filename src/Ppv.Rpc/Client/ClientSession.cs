using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
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
    public TimeLimit LastLimit { get; private set; } = TimeLimit.None;

    /// <summary>
    /// Whether what was lost with it may be sent again: where the broker ended the connection for a message's form, any of those on it may
    /// be that message.
    /// </summary>
    public bool MayResend =>
        !(connection.Lost is { IsCompletedSuccessfully: true, Result: var reason } && LossReason.IsOfForm(reason));

    /// <summary>A request begins; where it may, <see cref="EndUse"/> is to be called when it ends.</summary>
    /// <param name="limit">When it ends at the latest.</param>
    /// <returns><see langword="false"/> when another session is in use by now.</returns>
    public bool TryUse(TimeLimit limit)
    {
        lock (_counting)
        {
            if (_isRetired) return false;
            _uses++;
            LastLimit = LastLimit.OrLater(limit);
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
