using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>A connection to the broker that must be up for the program to do its work.</summary>
/// <param name="Name">Whose it is: <c>gateway</c> or <c>worker</c>.</param>
/// <param name="Status">Reads its state; never dials.</param>
internal sealed record BrokerLink(string Name, Func<ConnectionStatus> Status);
