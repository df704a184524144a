using System.Net;
using System.Net.Sockets;

namespace Ppv.TestKit;

/// <summary>
/// Stands between a client and a server, on a loopback port of its own, and breaks the way between them: <see cref="Cut"/> is a host that
/// died, <see cref="Freeze"/> one that fell silent (a pulled cable, a black hole), <see cref="Restore"/> brings it back on the same port.
/// </summary>
/// <remarks>Safe for use by several threads. Dispose it.</remarks>
public sealed class TcpProxy : IAsyncDisposable
{
    private enum State
    {
        Open,
        Frozen,
        Cut,
        Disposed,
    }

    private readonly Lock _lock = new();
    private readonly string _targetHost;
    private readonly int _targetPort;
    private readonly HashSet<ProxyConnection> _connections = [];
    private Socket _listener;
    private State _state = State.Open;
    private int _accepted;
    private long _bytesToServer;

    /// <summary>Listens on 127.0.0.1 at a free port and passes on to a server, which need not be there yet.</summary>
    /// <param name="targetHost">The server's host.</param>
    /// <param name="targetPort">The server's port.</param>
    public TcpProxy(string targetHost, int targetPort)
    {
        (_targetHost, _targetPort) = (targetHost, targetPort);
        _listener = Bind(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Listen();
    }

    /// <summary>Where clients connect to, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>How many connections were accepted so far.</summary>
    public int AcceptedConnections => Volatile.Read(ref _accepted);

    /// <summary>How many bytes of clients were passed on so far. It tells which of several clients of one server sends.</summary>
    public long BytesToServer => Interlocked.Read(ref _bytesToServer);

    /// <summary>Closes every connection and refuses new ones.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            if (_state is State.Cut or State.Disposed)
                return;
            _state = State.Cut;
            // Bound without listening: the system refuses connections, and nobody else can take the port.
            _listener.Dispose();
            _listener = Bind(Port);
            CloseConnections();
        }
    }

    /// <summary>
    /// Keeps connections open and accepts new ones, but swallows every byte in both directions, and also that a side has closed: nobody is
    /// told anything.
    /// </summary>
    public void Freeze()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_state is State.Disposed, this);
            if (_state is State.Cut)
                throw new InvalidOperationException("The way is cut; restore it before you freeze it.");
            _state = State.Frozen;
            foreach (var connection in _connections)
                connection.Freeze();
        }
    }

    /// <summary>Passes everything on again. Connections from the time of a freeze are closed: bytes of theirs are lost.</summary>
    public void Restore()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_state is State.Disposed, this);
            var before = _state;
            _state = State.Open;
            if (before is State.Frozen)
                CloseConnections();
            if (before is State.Cut)
                Listen();
        }
    }

    /// <summary>Closes everything.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _state = State.Disposed;
            _listener.Dispose();
            CloseConnections();
        }

        return ValueTask.CompletedTask;
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private void Listen()
    {
        _listener.Listen();
        _ = AcceptAsync(_listener);
    }

    private void CloseConnections()
    {
        foreach (var connection in _connections)
            connection.Dispose();
        _connections.Clear();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                Begin(await listener.AcceptAsync());
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // The listener was closed: cut or disposed.
        }
    }

    private void Begin(Socket client)
    {
        lock (_lock)
        {
            if (_state is State.Cut or State.Disposed)
            {
                client.Dispose();
                return;
            }

            Interlocked.Increment(ref _accepted);
            var connection = new ProxyConnection(client, count => Interlocked.Add(ref _bytesToServer, count));
            _connections.Add(connection);
            if (_state is State.Frozen)
                connection.Freeze();
            _ = RunAsync(connection);
        }
    }

    private async Task RunAsync(ProxyConnection connection)
    {
        await connection.RunAsync(_targetHost, _targetPort);
        lock (_lock)
            _connections.Remove(connection);
    }
}
