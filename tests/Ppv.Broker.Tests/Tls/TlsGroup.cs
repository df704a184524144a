namespace Ppv.Broker.Tests.Tls;

/// <summary>The tests that share two brokers with TLS, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class TlsGroup : ICollectionFixture<TlsBrokers>
{
    public const string Name = "brokers with TLS";
}
