using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Server;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Ids of strangers may hold anything. Their senders get them back as they came; everybody else gets what can be shown.</summary>
public sealed class StrangeIdTests : IAsyncDisposable
{
    private const string Strange = "1\r\n2026-12-01 CRITICAL \u001b[2J\u202e";

    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly RecordingLogger _log = new();
    private readonly List<RpcRequestContext> _handled = [];
    private readonly ScriptedConnection _connection = new();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Theory]
    [InlineData(Strange, "c")]
    [InlineData(null, Strange)]
    [InlineData("ä", "c")]
    public async Task An_id_that_can_not_be_shown_has_its_hash_in_its_place_and_its_sender_gets_it_back_as_it_came(
        string? messageId, string correlationId)
    {
        (await AnswerAsync(messageId, correlationId)).CorrelationId.ShouldBe(correlationId);
        _handled.ShouldHaveSingleItem().Id.ShouldSatisfyAllConditions(
            id => id.Length.ShouldBe(64), id => id.ShouldAllBe(digit => char.IsAsciiHexDigitLower(digit)));
    }

    [Fact]
    public async Task Two_such_ids_are_two_and_one_that_comes_again_is_one()
    {
        foreach (var id in (string[])["a\n", "a\r", "a?", "a\n"]) await AnswerAsync(id, "c");
        _handled.Select(request => request.Id).Distinct().Count().ShouldBe(3);
        _handled[0].Id.ShouldBe(_handled[3].Id);
        _handled[2].Id.ShouldBe("a?");
    }

    [Theory]
    [InlineData(Strange, "c")]
    [InlineData(null, Strange)]
    public async Task It_forges_no_line_of_the_log(string? messageId, string correlationId)
    {
        await WorkAsync(messageId, correlationId, replyTo: null);
        var said = _log.Entries.ShouldHaveSingleItem().Message;
        said.ShouldEndWith("has no reply-to, so nobody could be told how it ended; it was dropped and not executed.");
        said.ShouldAllBe(character => character >= ' ' && character <= '~');
    }

    private async Task<BrokerMessage> AnswerAsync(string? messageId, string correlationId)
    {
        await WorkAsync(messageId, correlationId, "replies");
        return (await _connection.NextSettledAsync()).Answer!.Value;
    }

    private async Task WorkAsync(string? messageId, string correlationId, string? replyTo)
    {
        var worker = new DeliveryWorker(
            new RpcOptions(),
            (request, _) =>
            {
                _handled.Add(request);
                return Task.FromResult(OrderReply.Completed("OK"));
            },
            _log, _clock);
        var message = new BrokerMessage
        {
            Body = "{}"u8.ToArray(), MessageId = messageId, CorrelationId = correlationId, ReplyTo = replyTo,
        };
        await worker.WorkAsync(
            _connection, new BrokerDelivery(message, 1, Redelivered: false), ClockReading.Now(_clock), null, null, CancellationToken.None,
            CancellationToken.None);
    }
}
