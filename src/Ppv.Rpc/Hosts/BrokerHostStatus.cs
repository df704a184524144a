namespace Ppv.Rpc;

/// <summary>What is known of a broker host. Immutable: every change makes a new one.</summary>
/// <param name="Host">The host.</param>
public sealed record BrokerHostStatus(BrokerHost Host)
{
    /// <summary>Its state.</summary>
    public BrokerHostState State { get; init; } = BrokerHostState.Unknown;

    /// <summary>Since when it is in that state.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>
    /// When it failed last: could not be dialled or prepared, was lost, or took no messages. <see langword="null"/> when it never did.
    /// </summary>
    public DateTimeOffset? LastFailure { get; init; }

    /// <summary>What failed then, as a sentence; <see langword="null"/> when it never did. Holds no secrets.</summary>
    public string? LastError { get; init; }

    /// <summary>How often in a row it could not be used since a host was in use last.</summary>
    public int Failures { get; init; }
}
