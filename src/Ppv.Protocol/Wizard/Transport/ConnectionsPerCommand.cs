namespace Ppv.Protocol.Wizard.Transport;

/// <summary>A new connection for every command.</summary>
internal sealed class ConnectionsPerCommand(WizardConnector connector) : IConnections
{
    public Task<WizardConnection> RentAsync(WizardRequest request, StartLimit limit) => connector.ConnectAsync(limit);

    public void Return(LineNumber line, WizardConnection connection) => connection.Dispose();

    public void Dispose()
    {
        // Nothing is kept.
    }
}
