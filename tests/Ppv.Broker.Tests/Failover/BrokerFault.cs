namespace Ppv.Broker.Tests.Failover;

/// <summary>What happens to one of two brokers, or to both.</summary>
public enum BrokerFault
{
    /// <summary>The primary dies: SIGKILL.</summary>
    KillPrimary,

    /// <summary>The primary is stopped in good order.</summary>
    StopPrimary,

    /// <summary>The primary is frozen: SIGSTOP. Its connections stay open and nothing is answered.</summary>
    FreezePrimary,

    /// <summary>The way to the primary swallows everything, in both directions, from both programs; the brokers see each other.</summary>
    BlackHole,

    /// <summary>Both brokers are stopped and started again.</summary>
    RestartBoth,

    /// <summary>The backup dies while it is the one in use.</summary>
    KillBackup,
}
