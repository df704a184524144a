using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Tests.Gateway;

/// <summary>A port that is closed while requests wait at it.</summary>
public sealed class DrainingListenerTests : IAsyncDisposable
{
    private readonly TestClock _clock = new();
    private readonly List<Socket> _clients = [];
    private IConnectionListener? _listener;

    [Fact]
    public async Task Who_waits_at_the_port_when_it_is_closed_is_accepted_and_may_make_its_request()
    {
        var listener = await BindAsync();
        var client = await ConnectAsync(listener);
        await client.SendAsync("GET"u8.ToArray());

        var closing = listener.UnbindAsync().AsTask();
        await PassAsync(TimeSpan.FromSeconds(1));
        closing.IsCompleted.ShouldBeFalse("somebody waits at the port");
        await using var connection = (await listener.AcceptAsync().AsTask().WaitAsync(Hang.Limit)).ShouldNotBeNull();
        var end = listener.AcceptAsync().AsTask();
        await PassUntilAsync(() => end.IsCompleted);
        (await end).ShouldBeNull();
        closing.IsCompleted.ShouldBeFalse("its request has not begun");
        connection.Features.Get<FirstRequest>()!.Begin();
        await PassUntilAsync(() => closing.IsCompleted);

        (await connection.Transport.Input.ReadAtLeastAsync(3, Token())).Buffer.Length.ShouldBe(3);
        await connection.Transport.Output.WriteAsync("OK"u8.ToArray(), Token());
        (await client.ReceiveAsync(new byte[9], Token())).ShouldBe(2);
    }

    [Fact]
    public async Task Who_comes_while_it_is_closed_is_refused_and_can_go_elsewhere()
    {
        var listener = await BindAsync();
        var waiting = await ConnectAsync(listener);
        var closing = listener.UnbindAsync().AsTask();
        await PassAsync(TimeSpan.FromMilliseconds(20));

        var late = ConnectAsync(listener);
        var pause = Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        (await Task.WhenAny(late, pause)).ShouldBe(pause, "it gets no connection");
        await using var connection = (await listener.AcceptAsync().AsTask().WaitAsync(Hang.Limit)).ShouldNotBeNull();
        var end = listener.AcceptAsync().AsTask();
        waiting.Close();
        await PassUntilAsync(() => closing.IsCompleted);

        (await Should.ThrowAsync<SocketException>(late.WaitAsync(Hang.Limit))).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        (await end.WaitAsync(Hang.Limit)).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_says_nothing_is_not_waited_for(bool isAccepted)
    {
        var listener = await BindAsync();
        await ConnectAsync(listener);
        if (isAccepted) (await listener.AcceptAsync().AsTask().WaitAsync(Hang.Limit)).ShouldNotBeNull();
        var since = _clock.GetUtcNow();

        var closing = listener.UnbindAsync().AsTask();
        if (isAccepted) _ = listener.AcceptAsync().AsTask();
        await PassUntilAsync(() => closing.IsCompleted);

        (_clock.GetUtcNow() - since).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        if (_listener is not null) await _listener.DisposeAsync();
    }

    private static CancellationToken Token() => new CancellationTokenSource(Hang.Limit).Token;

    private async Task<IConnectionListener> BindAsync()
    {
        var transport = new DrainingTransport(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance, _clock);
        return _listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
    }

    private async Task<Socket> ConnectAsync(IConnectionListener listener)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        await client.ConnectAsync(listener.EndPoint);
        return client;
    }

    private async Task PassAsync(TimeSpan time)
    {
        var until = _clock.GetUtcNow() + time;
        await PassUntilAsync(() => _clock.GetUtcNow() >= until);
    }

    private async Task PassUntilAsync(Func<bool> condition)
    {
        for (var limit = Token(); !condition(); limit.ThrowIfCancellationRequested())
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
