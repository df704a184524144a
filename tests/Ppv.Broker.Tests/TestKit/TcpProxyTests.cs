using System.Net;
using System.Net.Sockets;
using Ppv.TestKit;

namespace Ppv.Broker.Tests.TestKit;

public sealed class TcpProxyTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly TcpProxy _proxy;

    public TcpProxyTests()
    {
        _server.Start();
        _proxy = new TcpProxy("127.0.0.1", ((IPEndPoint)_server.LocalEndpoint).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task Bytes_pass_both_ways()
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptSocketAsync().WaitAsync(Bound);

        await SendAsync(client, 1);
        (await ReceiveAsync(server)).ShouldBe(1);
        await SendAsync(server, 2);
        (await ReceiveAsync(client)).ShouldBe(2);
        _proxy.AcceptedConnections.ShouldBe(1);
        _proxy.BytesToServer.ShouldBe(1);
    }

    [Fact]
    public async Task The_end_of_one_side_is_passed_on()
    {
        using var client = await ConnectAsync();
        var server = await _server.AcceptSocketAsync().WaitAsync(Bound);
        server.Dispose();
        (await ReceiveAsync(client)).ShouldBeNull();
    }

    [Fact]
    public async Task Cut_closes_and_refuses_until_restored()
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptSocketAsync().WaitAsync(Bound);

        _proxy.Cut();
        (await ReceiveAsync(client)).ShouldBeNull();
        (await ReceiveAsync(server)).ShouldBeNull();
        (await Should.ThrowAsync<SocketException>(ConnectAsync)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);

        _proxy.Restore();
        using var second = await ConnectAsync();
        using var secondServer = await _server.AcceptSocketAsync().WaitAsync(Bound);
        await SendAsync(second, 3);
        (await ReceiveAsync(secondServer)).ShouldBe(3);
    }

    [Fact]
    public async Task Freeze_swallows_bytes_and_ends_and_accepts_new_connections()
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptSocketAsync().WaitAsync(Bound);

        _proxy.Freeze();
        await SendAsync(client, 1);
        await SendAsync(server, 2);
        using var late = await ConnectAsync();
        await SendAsync(late, 3);
        server.Shutdown(SocketShutdown.Send);

        await ShouldStaySilentAsync(client);
        await ShouldStaySilentAsync(server);
        await ShouldStaySilentAsync(late);
        _proxy.BytesToServer.ShouldBe(0);
    }

    [Fact]
    public async Task Restore_after_a_freeze_closes_what_lost_bytes_and_passes_on_new_connections()
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptSocketAsync().WaitAsync(Bound);
        _proxy.Freeze();
        await SendAsync(client, 1);

        _proxy.Restore();
        (await ReceiveAsync(client)).ShouldBeNull();
        (await ReceiveAsync(server)).ShouldBeNull();
        using var second = await ConnectAsync();
        using var secondServer = await _server.AcceptSocketAsync().WaitAsync(Bound);
        await SendAsync(second, 4);
        (await ReceiveAsync(secondServer)).ShouldBe(4);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _proxy.Port).WaitAsync(Bound);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendAsync(Socket socket, byte value) => await socket.SendAsync(new[] { value });

    /// <summary>The next byte; nothing when the connection is closed or reset.</summary>
    private static async Task<int?> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[1];
        try
        {
            return await socket.ReceiveAsync(buffer).WaitAsync(Bound) == 1 ? buffer[0] : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static async Task ShouldStaySilentAsync(Socket socket) =>
        await Should.ThrowAsync<TimeoutException>(() => socket.ReceiveAsync(new byte[1]).WaitAsync(Silence));
}
