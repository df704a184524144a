using System.Net;
using System.Net.Sockets;
using Ppv.Protocol.Network;
using Ppv.Protocol.Text;
using Ppv.Rpc.Tls;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Dials exactly the host it is told to: the client library's own endpoint list is shuffled.</summary>
internal sealed class RabbitMqDialer(
    BrokerOptions configured,
    TimeProvider timeProvider,
    PlainLogger? logger = null,
    Resolve? resolve = null) : IBrokerDialer
{
    private readonly DirectReplyHosts _directHosts = new();
    private readonly TlsCredentials _credentials = new(configured.Tls, logger ?? PlainLogger.None);

    public async Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
    {
        // No token goes into the library: cancelled at the wrong moment it makes it hang (RabbitMQ.Client#1921). The time limit is around
        // all of it, the first channel too.
        var options = configured.For(host);
        var tls = host.UseTls ? PrepareTls(host) : null;
        using var abandoned = new CancellationTokenSource();
        var dialling = Task.Run(() => DialOnceAsync(host, options, tls, clientName, abandoned.Token), CancellationToken.None);
        try
        {
            return await dialling.WaitAsync(options.DialTimeout, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            Abandon(dialling);
            if (e is BrokerException || cancellationToken.IsCancellationRequested) throw;
            throw RabbitMqErrors.DialFailed(e, host, options, tls);
        }
    }

    private async Task<RabbitMqConnection> DialOnceAsync(
        BrokerHost host, BrokerOptions options, TlsDial? tls, string clientName, CancellationToken abandoned)
    {
        var socket = await SideBySideDialer.DialAsync(host.Name, host.Port, timeProvider, abandoned, resolve).ConfigureAwait(false);
        var connection = await OpenAsync(host, options, tls, socket, clientName).ConfigureAwait(false);
        var life = new ConnectionLife(host, options, timeProvider);
        try
        {
            return await RabbitMqConnection.OpenAsync(
                connection, life, _directHosts, logger ?? PlainLogger.None, timeProvider).ConfigureAwait(false);
        }
        catch
        {
            life.Lose("it was not opened");
            await RabbitMqConnection.CloseAsync(connection, politely: false, timeProvider).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The files are read anew for each attempt, so that renewed ones are used.</summary>
    private TlsDial PrepareTls(BrokerHost host)
    {
        try
        {
            return new TlsDial(configured.Tls, _credentials.Current(), host, configured.ServerNameOf(host));
        }
        catch (TlsFileException e)
        {
            throw new BrokerException($"RabbitMQ on {host} was not dialled: {e.Message}", needsAttention: true, e);
        }
    }

    private async Task<IConnection> OpenAsync(
        BrokerHost host, BrokerOptions options, TlsDial? tls, Socket socket, string clientName)
    {
        try
        {
            var factory = new ConnectionFactory
            {
                // The address that was reached, so that the library looks no name up a second time. A certificate is checked for the name.
                HostName = ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString(),
                Port = host.Port,
                Ssl = tls?.ToSslOption() ?? new SslOption(),
                SocketFactory = _ => new ConnectedTcpClient(socket, timeProvider),
                VirtualHost = options.VirtualHost,
                UserName = options.UserName,
                Password = options.Password,
                RequestedHeartbeat = options.Heartbeat,
                RequestedConnectionTimeout = options.DialTimeout,
                HandshakeContinuationTimeout = options.DialTimeout,
                ContinuationTimeout = options.OperationTimeout,
                // Recovery is the supervisor's: the built-in one publishes before the reply consumer is back and drops stale
                // acknowledgements in silence.
                AutomaticRecoveryEnabled = false,
                TopologyRecoveryEnabled = false,
            };
            return await factory.CreateConnectionAsync(clientName, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A dial that comes through after we stopped waiting must not leave a connection behind.</summary>
    private static void Abandon(Task<RabbitMqConnection> dialling) =>
        ConnectionLife.Forget(dialling.ContinueWith(
            late => late.IsCompletedSuccessfully
                ? late.Result.DisposeAsync().AsTask()
                : Task.FromException(late.Exception ?? (Exception)new OperationCanceledException()),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap());
}

/// <summary>
/// A socket that is connected already, for the client library, which would try one address of each family, one after the other. What it
/// writes is gathered (<see cref="GatheredWrites"/>).
/// </summary>
internal sealed class ConnectedTcpClient(Socket socket, TimeProvider timeProvider) : TcpClientAdapter(socket)
{
    /// <summary>How long the last words, a goodbye among them, may take to leave: the other end may take none any more.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly GatheringStream _stream = new(socket);

    public override Task ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override NetworkStream GetStream() => _stream;

    /// <summary>Doesn't block: while something is still being sent, the socket is closed after it, in the background.</summary>
    public override void Close() => _ = CloseAsync();

    private async Task CloseAsync()
    {
        try
        {
            await _stream.WhenSent().WaitAsync(LastWords, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // They were not heard.
        }

        base.Close();
    }
}
