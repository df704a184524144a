using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>
/// Every way in which a request is not sent, with every thing that can be known of its id: only an id without a past makes of it that
/// nothing was executed.
/// </summary>
public sealed class NotSentTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Body = "{}"u8.ToArray();

    private static readonly Dictionary<string, (IdHistory History, RpcOutcome Outcome)> Histories = new()
    {
        ["new"] = (IdHistory.New, RpcOutcome.NotExecuted),
        ["possible"] = (IdHistory.PossibleSince(Noon), RpcOutcome.Unknown),
        ["possible now"] = (IdHistory.PossibleSince(DateTimeOffset.MaxValue), RpcOutcome.Unknown),
        ["repeat"] = (IdHistory.Repeat, RpcOutcome.Unknown),
        ["repeat since"] = (IdHistory.RepeatSince(Noon), RpcOutcome.Unknown),
        ["nothing said"] = (default, RpcOutcome.Unknown),
    };

    private static readonly Dictionary<string, Func<NotSentTests, RpcRequest, Task<RpcReply>>> Ways = new()
    {
        ["no broker"] = (test, request) =>
        {
            test._canDial = false;
            return test.PassAsync(test._client.SendAsync(request));
        },
        ["blocked"] = async (test, request) =>
        {
            await test.ConnectAsync();
            test._connection.ReadingBlockedReason = () => "low on memory at kfs-gax";
            return await test.PassAsync(test._client.SendAsync(request));
        },
        ["table full"] = async (test, request) =>
        {
            _ = test._client.SendAsync(RpcRequest.Create(Body));
            await test._connection.NextPublishedAsync();
            return await test._client.SendAsync(request).Within();
        },
        ["returned"] = (test, request) =>
        {
            test._connection.Publishing = (_, _) => Task.FromException(
                new NotConfirmedException("No queue on kfs-gax:5672 took it", isReturned: true));
            return test._client.SendAsync(request).Within();
        },
        ["lost just before"] = async (test, request) =>
        {
            await test.ConnectAsync();
            test._connection.ReadingBlockedReason = () =>
            {
                test._canDial = false;
                test._connection.Lose();
                return null;
            };
            return await test.PassAsync(test._client.SendAsync(request));
        },
        ["deadline over"] = async (test, request) =>
        {
            await test.ConnectAsync();
            return await test._client.SendAsync(request with { Deadline = test._clock.GetUtcNow() }).Within();
        },
        ["deadline over before it connects"] = (test, request) =>
        {
            test._canDial = false;
            return test.PassAsync(test._client.SendAsync(request with { Deadline = test._clock.GetUtcNow().AddMinutes(-1) }));
        },
        ["disposed"] = async (test, request) =>
        {
            test._canDial = false;
            var sending = test._client.SendAsync(request);
            await test._client.DisposeAsync().AsTask().Within();
            return await test.PassAsync(sending);
        },
    };

    private readonly TestClock _clock = new(Noon);
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly RpcClient _client;
    private volatile bool _canDial = true;

    public NotSentTests() => _client = new RpcClient(
        new ScriptedDialer((_, _) => _canDial ? _connection : throw ScriptedDialer.Unavailable),
        new BrokerOptions { Hosts = ["kfs-gax"] }, new RpcOptions { Queue = "orders", MaxPendingRequests = 1 }, null, _clock);

    public static MatrixTheoryData<string, string> All => new(Ways.Keys, Histories.Keys);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_was_not_sent_is_told_as_not_executed_only_where_the_id_has_no_past(string way, string known)
    {
        var (history, expected) = Histories[known];

        var reply = await Ways[way](this, new RpcRequest("order", Body) { History = history });

        reply.Outcome.ShouldBe(expected);
        reply.Body.IsEmpty.ShouldBeTrue();
        reply.Reason.ShouldNotBeNullOrEmpty();
        foreach (var place in (string[])["kfs-gax", "5672", "It is down"]) reply.Reason.ShouldNotContain(place, Case.Insensitive);
        if (way is "no broker" or "blocked" or "returned") reply.Logged!.ShouldContain(way == "no broker" ? "It is down" : "kfs-gax");
        reply.Reason.EndsWith("ask for its status.", StringComparison.Ordinal).ShouldBe(expected == RpcOutcome.Unknown);
    }

    private Task<RpcReply> PassAsync(Task<RpcReply> sending) => _clock.AdvanceUntilAsync(sending, TimeSpan.FromSeconds(1));

    private Task ConnectAsync()
    {
        _client.Start();
        return Bounds.UntilAsync(() => _client.Status.IsReady, "a connection");
    }
}
