using Ppv.Broker.Tests.Support;

[assembly: AssemblyFixture(typeof(SharedBroker))]
