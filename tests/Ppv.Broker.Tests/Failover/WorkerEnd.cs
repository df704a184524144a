namespace Ppv.Broker.Tests.Failover;

/// <summary>How the worker that has the queue comes to its end.</summary>
public enum WorkerEnd
{
    /// <summary>SIGTERM: it hands over.</summary>
    Planned,

    /// <summary>SIGKILL.</summary>
    Killed,

    /// <summary>SIGSTOP, and SIGCONT when the other one has taken over.</summary>
    Frozen,
}
