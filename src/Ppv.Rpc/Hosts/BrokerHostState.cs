namespace Ppv.Rpc;

/// <summary>The state of a broker host, as a client or server of it sees it.</summary>
public enum BrokerHostState
{
    /// <summary>Not in use, and nothing speaks against it: it is to be tried.</summary>
    Unknown,

    /// <summary>In use: the topology is in place and messages are consumed.</summary>
    Ready,

    /// <summary>In use, but it takes no messages at present: it is in a memory or disk alarm.</summary>
    Blocked,

    /// <summary>It failed when it was used or tried last.</summary>
    Down,
}
