namespace Ppv.Protocol.Wizard.Transport;

/// <summary>Where connections come from and go to: one implementation for each <see cref="ConnectionMode"/>.</summary>
internal interface IConnections : IDisposable
{
    /// <summary>A connection for the request's command on its line. Each one has to be given back.</summary>
    /// <exception cref="WizardException">There is none in time; nothing was sent.</exception>
    Task<WizardConnection> RentAsync(WizardRequest request, StartLimit limit);

    /// <summary>Takes a connection back, to keep or to close it.</summary>
    void Return(LineNumber line, WizardConnection connection);
}
