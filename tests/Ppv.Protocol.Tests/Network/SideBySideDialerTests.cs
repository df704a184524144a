using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Ppv.Protocol.Network;
using Ppv.Protocol.Tests.Support;
using Ppv.TestKit;

namespace Ppv.Protocol.Tests.Network;

/// <summary>A host with several addresses, of which some are of no use.</summary>
public sealed class SideBySideDialerTests
{
    private static readonly IPAddress V6 = IPAddress.Parse("2001:db8::1"), OtherV6 = IPAddress.Parse("2001:db8::2"), ThirdV6 = IPAddress
        .Parse("2001:db8::3");
    private static readonly IPAddress V4 = IPAddress.Parse("192.0.2.1"), OtherV4 = IPAddress.Parse("192.0.2.2");
    private readonly SignallingTime _time = new();
    private readonly Channel<Attempt> _attempts = Channel.CreateUnbounded<Attempt>();

    [Fact]
    public async Task An_address_that_never_answers_costs_250_ms_and_is_given_up_when_the_other_one_answers()
    {
        var race = RaceAsync([V6, V4]);
        var black = await NextAsync(V6);
        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(250));
        _time.Advance(TimeSpan.FromMilliseconds(249));
        _attempts.Reader.TryPeek(out _).ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var good = (await NextAsync(V4)).Answer();

        (await race.Within()).ShouldBeSameAs(good);
        good.IsDisposed.ShouldBeFalse();
        black.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_comes_too_late_is_disposed_of()
    {
        var race = RaceAsync([V6, V4]);
        var (slow, fast) = await BothAsync();
        fast.Answer();
        await race.Within();

        slow.Answer().IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task The_first_address_still_wins_when_it_answers_after_the_second_was_tried()
    {
        var race = RaceAsync([V6, V4]);
        var (slow, second) = await BothAsync();
        var connection = slow.Answer();
        (await race.Within()).ShouldBeSameAs(connection);
        second.Token.IsCancellationRequested.ShouldBeTrue();
        second.Answer().IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task After_a_refusal_the_next_address_is_tried_at_once()
    {
        var race = RaceAsync([V6, V4]);
        (await NextAsync(V6)).Fail(SocketError.ConnectionRefused);
        var good = (await NextAsync(V4)).Answer();
        (await race.Within()).ShouldBeSameAs(good);
    }

    [Fact]
    public async Task When_all_fail_the_message_names_the_host_and_each_address_with_its_reason()
    {
        var race = RaceAsync([V6, V4]);
        (await NextAsync(V6)).Fail(SocketError.NetworkUnreachable);
        (await NextAsync(V4)).Fail(SocketError.ConnectionRefused);

        var error = await Should.ThrowAsync<SocketException>(race.Within());

        error.SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        var (unreachable, refused) = (new SocketException((int)SocketError.NetworkUnreachable).Message, new SocketException(
            (int)SocketError.ConnectionRefused).Message);
        error.Message.ShouldBe($"wizard.example can't be connected to: 2001:db8::1: {unreachable}; 192.0.2.1: {refused}");
    }

    [Fact]
    public async Task The_token_ends_every_attempt()
    {
        using var limit = new CancellationTokenSource();
        var race = RaceAsync([V6, V4], limit.Token);
        var (first, second) = await BothAsync();

        await limit.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(race.Within());
        foreach (var attempt in (Attempt[])[first, second])
        {
            attempt.Token.IsCancellationRequested.ShouldBeTrue();
            attempt.Answer().IsDisposed.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_name_without_an_address_is_said_to_have_none() =>
        (await Should.ThrowAsync<SocketException>(RaceAsync([]))).Message.ShouldContain("wizard.example has no address");

    [Fact]
    public void The_families_take_turns_and_the_resolvers_first_is_the_first()
    {
        SideBySideDialer.Interleaved([V6, OtherV6, ThirdV6, V4, OtherV4]).ShouldBe([V6, V4, OtherV6, OtherV4, ThirdV6]);
        SideBySideDialer.Interleaved([V4, V6, OtherV6]).ShouldBe([V4, V6, OtherV6]);
        SideBySideDialer.Interleaved([V4]).ShouldBe([V4]);
        SideBySideDialer.Interleaved([]).ShouldBeEmpty();
    }

    [Fact]
    public async Task On_loopback_an_address_where_nobody_listens_does_not_keep_the_other_one_from_being_used()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        // "localhost" is ::1 and 127.0.0.1, or one of them; at ::1 nobody listens.
        using var socket = await SideBySideDialer.DialAsync(
            "localhost", ((IPEndPoint)listener.LocalEndpoint).Port, TimeProvider.System, Bounded.Token());
        socket.Connected.ShouldBeTrue();
        socket.NoDelay.ShouldBeTrue();
    }

    [Fact]
    public async Task On_loopback_the_good_address_is_reached_behind_a_real_black_hole()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var good = (IPEndPoint)listener.LocalEndpoint;
        using var hole = new BlackHole(IPAddress.Parse("127.0.0.2"), good.Port);
        Resolve resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);

        // The hole alone would take minutes, and that it took its 250 ms shows that it is one; how long they are on a busy machine is no
        // matter.
        var started = TimeProvider.System.GetTimestamp();
        using var socket = await SideBySideDialer.DialAsync("wizard.example", good.Port, TimeProvider.System, Bounded.Token(), resolve);

        socket.RemoteEndPoint.ShouldBe(good);
        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(200));
    }

    private Task<Connection> RaceAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken = default) =>
        SideBySideDialer.RaceAsync(
            "wizard.example", addresses,
            (address, end) =>
            {
                var attempt = new Attempt(address, end);
                _attempts.Writer.TryWrite(attempt);
                return attempt.Connecting;
            },
            _time, cancellationToken);

    private async Task<Attempt> NextAsync(IPAddress address)
    {
        var attempt = await _attempts.Reader.ReadAsync(Bounded.Token());
        attempt.Address.ShouldBe(address);
        return attempt;
    }

    private async Task<(Attempt First, Attempt Second)> BothAsync()
    {
        var first = await NextAsync(V6);
        await _time.PassAsync(SideBySideDialer.AttemptDelay);
        return (first, await NextAsync(V4));
    }

    private sealed class Connection : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Attempt(IPAddress address, CancellationToken token)
    {
        private readonly TaskCompletionSource<Connection> _connecting = new();

        public IPAddress Address => address;

        public CancellationToken Token => token;

        public Task<Connection> Connecting => _connecting.Task;

        public Connection Answer()
        {
            var connection = new Connection();
            _connecting.SetResult(connection);
            return connection;
        }

        public void Fail(SocketError error) => _connecting.SetException(new SocketException((int)error));
    }
}
