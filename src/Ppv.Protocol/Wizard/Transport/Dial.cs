using System.Net.Sockets;

namespace Ppv.Protocol.Wizard.Transport;

/// <summary>Opens a connection to Wizard, once.</summary>
internal delegate Task<Socket> Dial(CancellationToken cancellationToken);
