namespace Ppv.Benchmarks.Comparison;

/// <summary>A client and a server that exchange one small order over a broker, each on a connection of its own.</summary>
internal interface IPeer : IAsyncDisposable
{
    Task CallAsync();
}
