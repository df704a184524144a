namespace Ppv.Rpc;

/// <summary>A host's state has changed.</summary>
/// <param name="before">What was known before.</param>
/// <param name="now">What is known now.</param>
/// <param name="reason">Why it changed, as a sentence. Holds no secrets.</param>
public sealed class BrokerHostChangedEventArgs(BrokerHostStatus before, BrokerHostStatus now, string reason) : EventArgs
{
    /// <summary>What was known before.</summary>
    public BrokerHostStatus Before => before;

    /// <summary>What is known now.</summary>
    public BrokerHostStatus Now => now;

    /// <summary>Why it changed, as a sentence.</summary>
    public string Reason => reason;
}
