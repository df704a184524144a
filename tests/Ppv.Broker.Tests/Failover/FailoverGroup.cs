namespace Ppv.Broker.Tests.Failover;

/// <summary>Tests that measure times and count what is left over run after all others, one at a time, over the same brokers.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FailoverGroup : ICollectionFixture<BrokerPairs>
{
    public const string Name = "Failover";
}
