using System.Net;
using System.Net.Sockets;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Tests.Support;
using Ppv.Tests;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>What the client library gets for a socket: its stream gathers, and its end comes after the last words.</summary>
public sealed class ConnectedTcpClientTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private ConnectedTcpClient _client = null!;
    private Socket _near = null!, _far = null!;

    public async ValueTask InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _near = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 4096 };
        await _near.ConnectAsync(listener.LocalEndpoint);
        _far = await listener.AcceptSocketAsync();
        _client = new ConnectedTcpClient(_near, _clock);
    }

    public ValueTask DisposeAsync()
    {
        _near.Dispose();
        _far.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_way_to_write_arrives_in_order()
    {
        var stream = _client.GetStream();

        await stream.WriteAsync(new byte[] { 1 }.AsMemory());
#pragma warning disable CA1835 // The old way is one, too.
        await stream.WriteAsync([0, 2, 0], 1, 1, CancellationToken.None);
#pragma warning restore CA1835
        stream.Write([3]);
        stream.Write([0, 4, 0], 1, 1);
        stream.WriteByte(5);
        await stream.FlushAsync();

        (await ReadAsync(5)).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task What_comes_is_read()
    {
        await _far.SendAsync(new byte[] { 7 });

        var buffer = new byte[4];
        (await _client.GetStream().ReadAsync(buffer).AsTask().Within()).ShouldBe(1);
        buffer[0].ShouldBe((byte)7);
    }

    [Fact]
    public async Task The_last_words_leave_before_the_socket_is_closed()
    {
        var stream = _client.GetStream();
        var words = new byte[3_000_000]; // More than the systems' buffers take, while nobody reads.
        Random.Shared.NextBytes(words);
        var writing = stream.WriteAsync(words.AsMemory());

        await stream.DisposeAsync(); // As the library does, before it closes the socket.
        _client.Close();

        (await ReadAsync(words.Length)).ShouldBe(words);
        (await _far.ReceiveAsync(new byte[1]).Within()).ShouldBe(0, "then the socket is closed");
        await writing.AsTask().Within();
    }

    [Fact]
    public async Task Where_nobody_takes_the_last_words_the_socket_is_closed_all_the_same()
    {
        _ = _client.GetStream().WriteAsync(new byte[30_000_000].AsMemory()).AsTask();
        await Bounds.UntilAsync(() => _far.Available > 0, "something was sent");

        _client.Close();
        _near.SafeHandle.IsClosed.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await Bounds.UntilAsync(() => _near.SafeHandle.IsClosed, "the socket is closed");
    }

    [Fact]
    public async Task Writing_fails_once_the_other_end_is_gone()
    {
        _far.Dispose();
        var stream = _client.GetStream();

        await Should.ThrowAsync<IOException>(async () =>
        {
            var since = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(since) < Hang.Limit)
            {
                await stream.WriteAsync(new byte[1].AsMemory());
                await Task.Yield();
            }
        });
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        var received = new byte[length];
        for (var at = 0; at < length;)
        {
            var read = await _far.ReceiveAsync(received.AsMemory(at), SocketFlags.None).AsTask().Within();
            read.ShouldBeGreaterThan(0);
            at += read;
        }

        return received;
    }
}
