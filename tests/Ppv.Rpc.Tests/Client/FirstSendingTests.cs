using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>An order that was sent before, and is not sent this time: that says nothing of the first time.</summary>
public sealed class FirstSendingTests : IAsyncDisposable
{
    private static readonly ConnectionId Call = ConnectionId.Parse("01");
    private const int MaxPending = 3;
    private readonly TestClock _clock;
    private readonly List<PpvClient> _clients = [];
    private readonly PpvOrder _order = PpvOrder.Confirm(Call);
    private ScriptedConnection? _connection = new();

    public FirstSendingTests() => _clock = new TestClock(MadeAt.AddSeconds(1)); // Ids are made by the system's clock.

    private DateTimeOffset MadeAt => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(_order.Id[..12], 16));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
    }

    [Theory]
    [InlineData("no broker", RpcOutcome.Unknown)]
    [InlineData("returned", RpcOutcome.Unknown)]
    [InlineData("table full", RpcOutcome.Unknown)]
    public async Task After_a_confirm_whose_answer_was_lost_the_same_order_is_unknown_however_it_is_not_sent(
        string way, RpcOutcome expected)
    {
        var client = Client();
        await LoseAnswerAsync(client);

        (await NotSentAsync(way, client, _order)).ShouldBe(expected);
        (await NotSentAsync(way, client, _order with { })).ShouldBe(expected);
        (await NotSentAsync(way, Client(), _order)).ShouldBe(expected, "another client of the same process");
        (await NotSentAsync(way, Client(), PpvOrder.Confirm(Call) with { Id = _order.Id })).ShouldBe(expected,
            "a proxy that sends it again");
        (await NotSentAsync(way, client, PpvOrder.Confirm(Call))).ShouldBe(RpcOutcome.NotExecuted, "a new one");
    }

    [Fact]
    public async Task What_was_never_sent_stays_new_for_whoever_sends_it_first()
    {
        (await NotSentAsync("no broker", Client(), _order)).ShouldBe(RpcOutcome.NotExecuted);
        (await NotSentAsync("returned", Client(), _order with { Subject = "s" })).ShouldBe(RpcOutcome.NotExecuted);
        _connection = new ScriptedConnection();
        var client = Client();
        _ = client.SendAsync(_order);
        (await _connection.NextPublishedAsync()).Message.History.ShouldBe(IdHistory.New);
    }

    [Fact]
    public async Task The_second_time_says_that_it_is_one_and_since_when_the_id_is_in_use()
    {
        var client = Client();
        await LoseAnswerAsync(client);
        foreach (var order in new[] { _order, PpvOrder.Confirm(Call) with { Id = _order.Id } })
        {
            _ = client.SendAsync(order);
            (await NextAsync()).History.ShouldBe(IdHistory.RepeatSince(MadeAt));
        }

        _ = Client().SendAsync(_order);
        (await NextAsync()).History.ShouldBe(IdHistory.PossibleSince(MadeAt));
        _ = client.SendAsync(_order, IdHistory.New);
        (await NextAsync()).History.ShouldBe(IdHistory.RepeatSince(MadeAt), "it is known better");
    }

    [Fact]
    public async Task Who_knows_more_of_an_id_than_it_says_tells_it()
    {
        var since = _clock.GetUtcNow().AddMinutes(-7);
        foreach (var history in new[] { IdHistory.New, IdHistory.Repeat, IdHistory.PossibleSince(since), IdHistory.RepeatSince(since) })
        {
            _ = Client().SendAsync(PpvOrder.Confirm(Call) with { Id = "order-7" }, history);
            (await NextAsync()).History.ShouldBe(history);
        }

        _ = Client().SendAsync(PpvOrder.Confirm(Call) with { Id = "order-7" });
        (await NextAsync()).History.ShouldBe(IdHistory.PossibleSince(_clock.GetUtcNow().AddDays(-1)));
    }

    [Fact]
    public async Task A_client_that_is_gone_sends_nothing_and_says_nothing()
    {
        var client = Client();
        await client.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(client.SendAsync(_order));
    }

    private async Task<BrokerMessage> NextAsync() => (await _connection!.NextPublishedAsync()).Message;

    private async Task LoseAnswerAsync(PpvClient client)
    {
        var sending = client.SendAsync(_order);
        (await NextAsync()).History.ShouldBe(IdHistory.New);
        var lost = _connection!;
        _connection = new ScriptedConnection();
        lost.Lose();
        (await sending.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        await ReadyAsync(client);
    }

    private async Task<RpcOutcome> NotSentAsync(string way, PpvClient client, PpvOrder order)
    {
        client.Start();
        if (way == "no broker")
        {
            var connection = _connection;
            _connection = null;
            connection?.Lose();
            await Bounds.UntilAsync(() => !client.Status.IsReady, "the loss");
            return (await _clock.AdvanceUntilAsync(client.SendAsync(order), TimeSpan.FromSeconds(1))).Outcome;
        }

        if (_connection is null || _connection.Lost.IsCompleted) _connection = new ScriptedConnection();
        await ReadyAsync(client);
        if (way == "returned")
        {
            var connection = _connection;
            connection.Publishing = (_, _) => Task.FromException(new NotConfirmedException("No queue took it", isReturned: true));
            try
            {
                return (await client.SendAsync(order).Within()).Outcome;
            }
            finally
            {
                connection.Publishing = (_, _) => Task.CompletedTask;
            }
        }

        using var leaving = new CancellationTokenSource();
        var others = Enumerable.Range(0, MaxPending).Select(_ => client.SendAsync(PpvOrder.Event(Call, "1"), leaving.Token)).ToList();
        await Bounds.UntilAsync(() => client.PendingRequests == MaxPending, "the others");
        var outcome = (await client.SendAsync(order).Within()).Outcome;
        await leaving.CancelAsync();
        foreach (var other in others) await Should.ThrowAsync<OperationCanceledException>(other.Within());
        return outcome;
    }

    private Task<bool> ReadyAsync(PpvClient client)
    {
        client.Start();
        var isReady = Task.Run(async () =>
        {
            await Bounds.UntilAsync(() => client.Status.IsReady && client.Connection == _connection, "a connection");
            return true;
        });
        return _clock.AdvanceUntilAsync(isReady, TimeSpan.FromMilliseconds(100));
    }

    private PpvClient Client()
    {
        var client = new PpvClient(
            new ScriptedDialer((_, _) => _connection ?? throw ScriptedDialer.Unavailable),
            new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] }, Rpc = { MaxPendingRequests = MaxPending } }, null, _clock);
        _clients.Add(client);
        return client;
    }
}
