using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Client;

/// <summary>What the log says of answers that come too late.</summary>
public sealed class LateReplyLogTests : IAsyncDisposable
{
    private const int Calls = 15;
    private static readonly byte[] Body = "{}"u8.ToArray();
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));
    private readonly RecordingLogger _log = new();
    private readonly RpcClient _client;
    private int _late;

    public LateReplyLogTests()
    {
        _client = new RpcClient(
            new ScriptedDialer((_, _) => _connection), new BrokerOptions { Hosts = ["kfs-gax"] }, new RpcOptions(),
            new OneLoggerFactory(_log), _clock);
        _client.LateReply += (_, _) => Interlocked.Increment(ref _late);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Who_hangs_up_over_and_over_does_not_fill_the_log()
    {
        for (var i = 0; i < Calls; i++)
        {
            using var leaving = new CancellationTokenSource();
            var calling = _client.SendAsync(new RpcRequest($"{i}", Body), leaving.Token);
            var message = (await _connection.NextPublishedAsync()).Message;
            await leaving.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(calling.Within());
            Answer(message);
        }

        Lines().Count.ShouldBe(10);
        await Bounds.UntilAsync(() => Volatile.Read(ref _late) == Calls, "the program to be told of all");
    }

    [Fact]
    public async Task Each_caller_who_waited_for_all_of_his_time_has_his_line()
    {
        var calls = new List<(Task<RpcReply> Calling, BrokerMessage Message)>();
        for (var i = 0; i < Calls; i++)
        {
            var calling = _client.SendAsync(new RpcRequest($"{i}", Body));
            calls.Add((calling, (await _connection.NextPublishedAsync()).Message));
        }

        await _clock.AdvanceUntilAsync(Task.WhenAll(calls.Select(call => call.Calling)), TimeSpan.FromSeconds(1));
        foreach (var (_, message) in calls) Answer(message);
        Lines().ShouldBe(Enumerable.Range(0, Calls).Select(
            id => $"The answer to request {id} came after its caller had stopped waiting: Completed, OK."));
    }

    private List<string> Lines() =>
        [.. _log.Entries.Select(entry => entry.Message).Where(line => line.Contains("had stopped waiting", StringComparison.Ordinal))];

    private void Answer(BrokerMessage message) => _connection.Replies!(new BrokerMessage
    {
        Body = "OK\r"u8.ToArray(), CorrelationId = message.CorrelationId, Outcome = RpcOutcome.Completed,
    });
}
