using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Gateway.Draining;

/// <summary>Kestrel's sockets; no request that waits at a port is lost when it is closed: <see cref="DrainingListener"/>.</summary>
internal sealed class DrainingTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets;
    private readonly TimeProvider _timeProvider;
    private Socket? _bound; // Of the last endpoint: Kestrel binds one after the other.

    public DrainingTransport(IOptions<SocketTransportOptions> options, ILoggerFactory loggers, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        var bind = options.Value.CreateBoundListenSocket;
        options.Value.CreateBoundListenSocket = endpoint => _bound = bind(endpoint);
        _sockets = new SocketTransportFactory(options, loggers);
    }

    public bool CanBind(EndPoint endpoint) => _sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await _sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false);
        // A filter would stay on a socket that the service manager has made, for whoever gets it next.
        return _bound is { } socket && endpoint is not FileHandleEndPoint
            ? new DrainingListener(listener, socket, _timeProvider)
            : listener;
    }
}
