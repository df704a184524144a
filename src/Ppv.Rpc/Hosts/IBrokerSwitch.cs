namespace Ppv.Rpc;

/// <summary>Which broker host is in use, and the lever to change that. Safe for use by several threads.</summary>
public interface IBrokerSwitch
{
    /// <summary>Whose connections these are: <c>client</c> or <c>server</c>.</summary>
    string Role { get; }

    /// <summary>Each host's state at this moment, in the order of the configuration.</summary>
    IReadOnlyList<BrokerHostStatus> Hosts { get; }

    /// <summary>
    /// Raised after a host's state has changed: one change at a time, in order, on a thread of the pool. A slow handler holds up later ones
    /// of these events, and nothing else; so <see cref="Hosts"/> may say something newer already. When 1,000 wait the oldest are dropped.
    /// What a handler throws is logged.
    /// </summary>
    event EventHandler<BrokerHostChangedEventArgs>? HostChanged;

    /// <summary>
    /// Makes a host the preferred one and moves there: what is under way ends where it was begun, what comes after goes to the new host. It
    /// stays the preferred one until the next switch or the program's end: when it fails, another one is used, and this one again after
    /// <see cref="BrokerOptions.FailbackDelay"/>.
    /// </summary>
    /// <param name="host">One of <see cref="Hosts"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the move may still happen.</param>
    /// <exception cref="ArgumentException">It is none of the configured hosts.</exception>
    /// <exception cref="InvalidOperationException">
    /// The host can't be used now, and nothing has changed; the message says why. Or all hosts are in use at once
    /// (<see cref="BrokerTopology.Independent"/>).
    /// </exception>
    Task SwitchToAsync(BrokerHost host, CancellationToken cancellationToken = default);
}
